import type { NodeDef } from 'node-red';
import type { CheckWish } from '../gateway/gateway.ts';
import { findResource } from './config-nodes.ts';
import { FlowError } from './flow-error.ts';
import type { Host, Message } from './host.ts';
import { type Naming, nameOf, readNaming, serverOf } from './naming.ts';
import type { CarriedBy, Carrier } from './presented.ts';
import { parseScopes } from './scopes.ts';
import { evaluate, type TypedValue } from './typed-value.ts';

/** What the form of rpt-check stores. */
export interface CheckConfig extends NodeDef {
  server?: string;
  scopes?: string;
  scopesType?: string;
  carrier?: string;
  method?: string;
  methodType?: string;
  url?: string;
  urlType?: string;
  /** Seconds; empty: 5 min, and 30 s for a critical resource. */
  maxAge?: string | number;
  leeway?: string | number;
  acceptBearer?: boolean;
  leaveToken?: boolean;
}

export interface CheckSettings {
  server: string | undefined;
  resource: Naming;
  scopes: TypedValue;
  carried: CarriedBy;
  maxAnswerAgeMs: number | undefined;
  leewaySeconds: number;
  acceptBearer: boolean;
  leaveToken: boolean;
}

/** An RPT of the built-in server lives as long. */
const DEFAULT_MAX_AGE_MS = 300_000;
const CRITICAL_MAX_AGE_MS = 30_000;
const DEFAULT_LEEWAY_SECONDS = 5;

function seconds(value: string | number | undefined): number | undefined {
  const read = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(read) && read >= 0 ? read : undefined;
}

function carrierOf(text: string | undefined): Carrier {
  return text === 'http' || text === 'properties' ? text : 'automatic';
}

export function readCheckSettings(config: CheckConfig): CheckSettings {
  const acceptBearer = config.acceptBearer === true;
  const maxAge = seconds(config.maxAge);
  return {
    server: config.server,
    resource: readNaming(config, 'resource'),
    scopes: { type: config.scopesType || 'scopes', value: config.scopes ?? '' },
    carried: {
      carrier: carrierOf(config.carrier),
      method: { type: config.methodType || 'msg', value: config.method || 'method' },
      url: { type: config.urlType || 'msg', value: config.url || 'url' },
      acceptBearer,
    },
    maxAnswerAgeMs: maxAge === undefined ? undefined : maxAge * 1000,
    leewaySeconds: seconds(config.leeway) ?? DEFAULT_LEEWAY_SECONDS,
    acceptBearer,
    leaveToken: config.leaveToken === true,
  };
}

/** The server that the node belongs to: its resource's, or its own setting. */
export function resourceServer(host: Host, settings: CheckSettings): string | undefined {
  return serverOf(host, 'resource', settings.resource) ?? settings.server;
}

/** Scopes as the form or the message gives them. */
export async function scopesOf(host: Host, msg: Message, input: TypedValue): Promise<string[]> {
  const written = input.type === 'scopes' || input.type === 'str';
  return parseScopes(written ? input.value : await evaluate(host, msg, input));
}

/**
 * What the message needs in order to pass.
 * @throws FlowError `no_resource`, `no_scopes`: a check that asks for nothing would let every token pass
 */
export async function checkWish(host: Host, msg: Message, settings: CheckSettings): Promise<CheckWish> {
  const { resource, leewaySeconds, acceptBearer } = settings;
  const scopes = await scopesOf(host, msg, settings.scopes);
  if (scopes.length === 0) throw new FlowError('no_scopes');
  const critical = resource.by === 'config' && findResource(host.red, resource.id)?.wish.critical === true;
  return {
    resource: await nameOf(host, msg, 'resource', resource),
    scopes,
    maxAnswerAgeMs: settings.maxAnswerAgeMs ?? (critical ? CRITICAL_MAX_AGE_MS : DEFAULT_MAX_AGE_MS),
    leewaySeconds,
    acceptBearer,
  };
}

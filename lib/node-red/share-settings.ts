import type { NodeDef } from 'node-red';
import { wrongCondition } from '../sharing/conditions.ts';
import type { Conditions } from '../sharing/share.ts';
import { scopesOf } from './check-settings.ts';
import { FlowError } from './flow-error.ts';
import type { Host, Message } from './host.ts';
import { type Naming, readNaming } from './naming.ts';
import { type HoursConfig, hoursOf } from './share-hours.ts';
import { evaluate, type TypedValue } from './typed-value.ts';
import { parseUntil } from './until.ts';

export const SHARE_ACTIONS = ['grant', 'list', 'requests', 'approve', 'deny', 'watch'] as const;
export type ShareAction = (typeof SHARE_ACTIONS)[number];

/** What the form of share stores. */
export interface ShareConfig extends NodeDef, HoursConfig {
  server?: string;
  action?: string;
  scopes?: string;
  scopesType?: string;
  until?: string;
  untilType?: string;
  once?: boolean;
  ownKeyOnly?: boolean;
}

export interface ShareSettings {
  server: string | undefined;
  /** Fixed here: what a node may start is never a message's choice. */
  action: ShareAction | undefined;
  device: Naming;
  resource: Naming;
  request: Naming;
  scopes: TypedValue;
  until: TypedValue;
  /** All that limits a share but its end: fixed here, like the action. */
  limits: Omit<Conditions, 'until'>;
}

export function readShareSettings(config: ShareConfig): ShareSettings {
  return {
    server: config.server,
    action: SHARE_ACTIONS.find((action) => action === (config.action || 'grant')),
    device: readNaming(config, 'device'),
    resource: readNaming(config, 'resource'),
    request: readNaming(config, 'request', { type: 'msg', value: 'payload.id' }),
    scopes: { type: config.scopesType || 'scopes', value: config.scopes ?? '' },
    until: { type: config.untilType || 'none', value: config.until ?? '' },
    limits: {
      ...(config.hours === 'weekly' && { weekly: hoursOf(config) }),
      ...(config.once === true && { once: true }),
      ...(config.ownKeyOnly === true && { ownKeyOnly: true }),
    },
  };
}

/**
 * Everything that limits what this message shares.
 * @throws FlowError `bad_hours`, and as `wantedUntil`
 */
export async function wantedConditions(host: Host, msg: Message, settings: ShareSettings): Promise<Conditions> {
  const { limits } = settings;
  if (wrongCondition(limits) !== undefined) throw new FlowError('bad_hours');
  const until = await wantedUntil(host, msg, settings, Date.now());
  return { ...limits, ...(until !== undefined && { until }) };
}

/** @throws FlowError `no_scopes` */
export async function wantedScopes(host: Host, msg: Message, settings: ShareSettings): Promise<string[]> {
  const scopes = await scopesOf(host, msg, settings.scopes);
  if (scopes.length === 0) throw new FlowError('no_scopes');
  return scopes;
}

/**
 * When the share ends, in seconds since 1970; undefined where the settings say that it has no end.
 * A message that should say when and does not is a mistake: it must not make a share without end.
 * @throws FlowError `no_until`, `bad_until`, `until_past`
 */
async function wantedUntil(
  host: Host,
  msg: Message,
  { until }: ShareSettings,
  nowMs: number,
): Promise<number | undefined> {
  if (until.type === 'none') return undefined;
  const value = until.type === 'when' ? until.value : await evaluate(host, msg, until);
  if (value === undefined || value === null || value === '') throw new FlowError('no_until');
  const end = parseUntil(value, nowMs);
  if (end === undefined) throw new FlowError('bad_until', { until: String(value).slice(0, 60) });
  if (end * 1000 <= nowMs) throw new FlowError('until_past', { until: String(value).slice(0, 60) });
  return end;
}

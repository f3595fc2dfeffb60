import { createHash } from 'node:crypto';
import type { NodeDef } from 'node-red';
import type { Gateway } from '../gateway/gateway.ts';
import type { Target } from '../servers/authorization-server.ts';
import type { Host, Message } from './host.ts';
import { deviceId, type Naming, nameOf, readNaming, resourceId, serverOf } from './naming.ts';

export const REVOKE_TARGETS = ['share', 'device', 'resource', 'token', 'everything'] as const;
export type RevokeTarget = (typeof REVOKE_TARGETS)[number];

/** What the form of revoke stores. */
export interface RevokeConfig extends NodeDef {
  server?: string;
  target?: string;
  confirmWithin?: string | number;
}

export interface RevokeSettings {
  server: string | undefined;
  target: RevokeTarget | undefined;
  /** How the one thing is named that the target asks for; nothing for `everything`. */
  naming: Naming;
  confirmWithinMs: number;
}

const CONFIRM_WITHIN_MS = 1_000;
const DEFAULTS = { share: 'uma.share', token: 'token' } as const;

export function readRevokeSettings(config: RevokeConfig): RevokeSettings {
  const target = REVOKE_TARGETS.find((name) => name === (config.target || 'share'));
  const named = target === undefined || target === 'everything' ? 'share' : target;
  const otherwise = named === 'share' || named === 'token' ? { type: 'msg', value: DEFAULTS[named] } : undefined;
  const within = Number(config.confirmWithin === '' ? Number.NaN : config.confirmWithin);
  return {
    server: config.server,
    target,
    naming: readNaming(config, named, otherwise),
    confirmWithinMs: Number.isFinite(within) && within >= 0 ? within : CONFIRM_WITHIN_MS,
  };
}

export function revokeServer(host: Host, { server, target, naming }: RevokeSettings): string | undefined {
  if (target !== 'device' && target !== 'resource') return server;
  return serverOf(host, target, naming) ?? server;
}

/** The token itself, with or without its scheme, or `sha256:` and the hash that rpt-check gives of a refused one. */
function tokenHash(token: string): string {
  const [, hash] = /^sha256:([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  return (
    hash ??
    createHash('sha256')
      .update(token.replace(/^(DPoP|Bearer)\s+/i, ''))
      .digest('base64url')
  );
}

/** What to end. @throws FlowError where nothing is named, or it is not known */
export async function targetOf(
  host: Host,
  msg: Message,
  { target, naming }: RevokeSettings & { target: RevokeTarget },
  gateway: Gateway,
): Promise<Target> {
  // A gateway belongs to one owner: everything is what that owner shared through it.
  if (target === 'everything') return { everything: gateway.connection };
  const name = await nameOf(host, msg, target, naming);
  switch (target) {
    case 'share':
      return { share: name };
    case 'device':
      return { device: deviceId(gateway, naming, name) };
    case 'resource':
      return { resource: resourceId(gateway, naming, name) };
    case 'token':
      return { token: tokenHash(name) };
  }
}

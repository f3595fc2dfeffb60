import type { DeviceClient, Target } from '../servers/authorization-server.ts';
import type { Permission } from '../uma/permission.ts';
import type { NotAllowed } from './outcome.ts';

/** An RPT in hand. */
export interface Granted {
  state: 'granted';
  client: DeviceClient;
  rpt: string;
  /** SHA-256, base64url: how everybody else names it. */
  tokenHash: string;
  expiresAtMs: number;
  /** From here on the next message has it renewed. */
  renewAtMs: number;
  permissions: Permission[];
}

/** An RPT and who may use it. Neither leaves this room but inside a proved request. */
export interface HeldRpt {
  rpt: string;
  client: DeviceClient;
}

/** No RPT, and a reason not to ask again just yet. */
export interface Waiting {
  state: 'waiting';
  /** The device's `client_id`. */
  device: string;
  /** The ticket that came with the answer (G 3.3.6); good for one more question. */
  ticket?: string;
  tries: number;
  untilMs: number;
  answer: NotAllowed;
}

/** Does what was ended concern this token? Where its permissions are not told, it may. */
export function concerns(target: Target, { client, tokenHash, permissions }: Granted): boolean {
  const unknown = permissions.length === 0;
  if ('token' in target) return target.token === tokenHash;
  if ('device' in target) return target.device === client.clientId;
  if ('share' in target) return unknown || permissions.some(({ share }) => share === target.share);
  if ('resource' in target) return unknown || permissions.some(({ resource }) => resource === target.resource);
  if ('everything' in target) return true;
  const { device, resource, scopes } = target.pair;
  if (device !== client.clientId) return false;
  return (
    unknown || permissions.some((held) => held.resource === resource && held.scopes.some((s) => scopes.includes(s)))
  );
}

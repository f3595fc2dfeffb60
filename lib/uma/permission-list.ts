import { isJsonObject, isStringArray, isText } from './json-body.ts';
import type { Permission, Seconds } from './permission.ts';

/** By which time permissions are read. */
export interface Clock {
  /** The present, if not the system's clock. */
  now?: Seconds;
  /** How far the server's clock may be ahead of ours. */
  leewaySeconds?: number;
}

/** Seconds since 1970, now. */
export function currentSeconds(): Seconds {
  return Math.floor(Date.now() / 1000);
}

/**
 * Reads a `permissions` array (Federated Authorization 5.1.1), without those that are not valid yet (`nbf`). `exp` stays
 * for the reader to judge.
 *
 * @returns `undefined` where it is not such an array
 */
export function readPermissions(value: unknown, clock: Clock = {}): Permission[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const permissions: Permission[] = [];
  for (const item of value) {
    const permission = readPermission(item);
    if (!permission) return undefined;
    if (hasStarted(item.nbf, clock)) permissions.push(permission);
  }
  return permissions;
}

function readPermission(item: unknown): Permission | undefined {
  if (!isJsonObject(item)) return undefined;
  const { resource_id: resource, resource_scopes: scopes, exp, share, once, window_end } = item;
  if (!isText(resource) || !isStringArray(scopes)) return undefined;
  if (exp !== undefined && !Number.isFinite(exp)) return undefined;
  return {
    resource,
    scopes: [...scopes],
    ...(typeof exp === 'number' && { exp }),
    ...(isText(share) && { share }),
    ...(once === true && { once }),
    ...(typeof window_end === 'number' && { windowEnd: window_end }),
  };
}

/** Whether `nbf` lies behind us; one that is no time never does. */
export function hasStarted(nbf: unknown, { now = currentSeconds(), leewaySeconds = 30 }: Clock): boolean {
  return nbf === undefined || (typeof nbf === 'number' && nbf <= now + leewaySeconds);
}

/** The wire form (Federated Authorization 4.1). */
export function toWire({ resource, scopes }: Permission): { resource_id: string; resource_scopes: string[] } {
  return { resource_id: resource, resource_scopes: scopes };
}

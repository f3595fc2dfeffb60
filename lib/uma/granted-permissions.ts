import { decodeJwt } from 'jose';
import type { JsonObject } from './json-body.ts';
import type { Permission, Seconds } from './permission.ts';
import { currentSeconds, readPermissions } from './permission-list.ts';

/** What of the permissions asked for was granted, in the order and the words of the question. */
export interface GrantedPart {
  granted: Permission[];
  missing: Permission[];
}

/**
 * The permissions of a new RPT, where it or the token response tells them: to a client an RPT is opaque (UMA Grant 1.1).
 * Read without checking a signature, only to compare them with what was asked; nothing may be allowed by them.
 *
 * @returns `undefined` where they are not told
 */
export function permissionsOfGrant(rpt: string, tokenResponse: JsonObject): Permission[] | undefined {
  return readPermissions(tokenResponse.permissions) ?? readPermissions(claimsOf(rpt).permissions);
}

function claimsOf(rpt: string): { permissions?: unknown } {
  try {
    return decodeJwt(rpt);
  } catch {
    return {};
  }
}

/**
 * Compares what was asked for with what was granted. A partial grant is a success to the server (UMA Grant 3.3.4), so
 * whoever needs all of it must look.
 */
export function compareGrant(asked: Permission[], granted: Permission[], now: Seconds = currentSeconds()): GrantedPart {
  const valid = granted.filter(({ exp }) => exp === undefined || exp > now);
  const split = asked.map((wanted) => splitScopes(wanted, valid));
  return {
    granted: split.flatMap(({ held }) => held),
    missing: split.flatMap(({ lacking }) => lacking),
  };
}

/** A permission without scopes (Federated Authorization 4) is held if the resource is granted at all. */
function splitScopes(wanted: Permission, granted: Permission[]): { held: Permission[]; lacking: Permission[] } {
  const { resource, scopes } = wanted;
  const here = granted.filter((permission) => permission.resource === resource);
  const held = scopes.filter((scope) => here.some((permission) => permission.scopes.includes(scope)));
  const lacking = scopes.filter((scope) => !held.includes(scope));
  const whole = scopes.length === 0 && here.length > 0;
  return {
    held: held.length > 0 || whole ? [{ resource, scopes: held }] : [],
    lacking: lacking.length > 0 || (scopes.length === 0 && !whole) ? [{ resource, scopes: lacking }] : [],
  };
}

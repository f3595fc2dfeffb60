import type { Permission, Seconds } from '../uma/permission.ts';

/** By which time, and by whose memory, permissions are judged. */
export interface Circumstances {
  nowSeconds: Seconds;
  leewaySeconds: Seconds;
  /** Has the one message of this share passed already? */
  usedUp(share: string): boolean;
}

export type NotCovered = 'expired' | 'outside_hours' | 'used_up' | 'insufficient_scope';

/**
 * Which of a token's permissions cover what a message needs: the same resource, every scope, not past their own end, not
 * outside the hours of their share, not used up. Permissions of one resource add up; those of another resource never
 * count (G 3.5). What is for one message is taken only where nothing else gives it.
 *
 * @returns the permissions that cover it; else what keeps those that would have: `used_up` before `outside_hours` before
 *   `expired`; an empty wish is covered by nothing
 */
export function coverage(
  held: readonly Permission[],
  wanted: readonly Permission[],
  { nowSeconds, leewaySeconds, usedUp }: Circumstances,
): Permission[] | NotCovered {
  if (wanted.length === 0) return 'insufficient_scope';
  const isAlive = ({ exp }: Permission) => exp === undefined || exp > nowSeconds - leewaySeconds;
  // Hours are by our clock, to the second: leeway is for clocks that differ, not for hours that are over.
  const isInHours = ({ windowEnd }: Permission) => windowEnd === undefined || windowEnd > nowSeconds;
  const isLeft = ({ once, share }: Permission) => !once || (share !== undefined && !usedUp(share));
  const usable = held.filter((permission) => isAlive(permission) && isInHours(permission) && isLeft(permission));
  if (covers(usable, wanted)) return fewestUsed(usable, wanted);
  const alive = held.filter(isAlive);
  if (covers(alive.filter(isInHours), wanted)) return 'used_up';
  if (covers(alive, wanted)) return 'outside_hours';
  return covers(held, wanted) ? 'expired' : 'insufficient_scope';
}

function covers(held: readonly Permission[], wanted: readonly Permission[]): boolean {
  return wanted.every(({ resource, scopes }) => {
    return scopes.length > 0 && scopes.every((scope) => gives(held, resource, scope));
  });
}

function gives(held: readonly Permission[], resource: string, scope: string): boolean {
  return held.some((one) => one.resource === resource && one.scopes.includes(scope));
}

function fewestUsed(usable: readonly Permission[], wanted: readonly Permission[]): Permission[] {
  const chosen = usable.filter(
    (permission) => !permission.once && wanted.some((wish) => contributes(permission, wish)),
  );
  for (const permission of usable) {
    if (permission.once && wanted.some((wish) => contributes(permission, missing(chosen, wish))))
      chosen.push(permission);
  }
  return chosen;
}

/** What these permissions leave of a wish. */
function missing(held: readonly Permission[], { resource, scopes }: Permission): Permission {
  return { resource, scopes: scopes.filter((scope) => !gives(held, resource, scope)) };
}

function contributes(permission: Permission, wish: Permission): boolean {
  return permission.resource === wish.resource && permission.scopes.some((scope) => wish.scopes.includes(scope));
}

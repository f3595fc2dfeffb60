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
  const alive = held.filter(({ exp }) => exp === undefined || exp > nowSeconds - leewaySeconds);
  // Hours are by our clock, to the second: leeway is for clocks that differ, not for hours that are over.
  const inHours = alive.filter(({ windowEnd }) => windowEnd === undefined || windowEnd > nowSeconds);
  const usable = inHours.filter(({ once, share }) => !once || (share !== undefined && !usedUp(share)));
  if (covers(usable, wanted)) return fewestUsed(usable, wanted);
  if (covers(inHours, wanted)) return 'used_up';
  if (covers(alive, wanted)) return 'outside_hours';
  return covers(held, wanted) ? 'expired' : 'insufficient_scope';
}

function covers(held: readonly Permission[], wanted: readonly Permission[]): boolean {
  return wanted.every((wish) => wish.scopes.length > 0 && missing(held, wish).length === 0);
}

/** Scopes of a wish that none of these permissions gives. */
function missing(held: readonly Permission[], { resource, scopes }: Permission): string[] {
  const grants = (scope: string) => held.some((one) => one.resource === resource && one.scopes.includes(scope));
  return scopes.filter((scope) => !grants(scope));
}

function fewestUsed(usable: readonly Permission[], wanted: readonly Permission[]): Permission[] {
  const chosen = usable.filter(
    (permission) => !permission.once && wanted.some((wish) => contributes(permission, wish)),
  );
  for (const permission of usable) {
    const needed = wanted.map((wish) => ({ ...wish, scopes: missing(chosen, wish) }));
    if (permission.once && needed.some((wish) => contributes(permission, wish))) chosen.push(permission);
  }
  return chosen;
}

function contributes(permission: Permission, wish: Permission): boolean {
  return permission.resource === wish.resource && permission.scopes.some((scope) => wish.scopes.includes(scope));
}

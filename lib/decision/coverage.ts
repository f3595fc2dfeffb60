import type { Permission, Seconds } from '../uma/permission.ts';

/**
 * Which of a token's permissions cover what a message needs: the same resource, every scope, and not past their own
 * end. Permissions of one resource add up; those of another resource never count (G 3.5).
 *
 * @param nowSeconds - now, less the leeway
 * @returns the permissions that cover it; `expired` where those that would have are over; an empty wish is covered by nothing
 */
export function coverage(
  held: readonly Permission[],
  wanted: readonly Permission[],
  nowSeconds: Seconds,
): Permission[] | 'expired' | 'insufficient_scope' {
  if (wanted.length === 0) return 'insufficient_scope';
  const alive = held.filter(({ exp }) => exp === undefined || exp > nowSeconds);
  if (covers(alive, wanted)) return alive.filter((permission) => wanted.some((wish) => contributes(permission, wish)));
  return covers(held, wanted) ? 'expired' : 'insufficient_scope';
}

function covers(held: readonly Permission[], wanted: readonly Permission[]): boolean {
  return wanted.every(({ resource, scopes }) => {
    const grants = (scope: string) => held.some((one) => one.resource === resource && one.scopes.includes(scope));
    return scopes.length > 0 && scopes.every(grants);
  });
}

function contributes(permission: Permission, wish: Permission): boolean {
  return permission.resource === wish.resource && permission.scopes.some((scope) => wish.scopes.includes(scope));
}

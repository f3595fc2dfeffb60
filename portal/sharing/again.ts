import { holding } from '../../lib/sharing/conditions.ts';
import type { ShareWish } from '../../lib/sharing/share.ts';

/**
 * What to ask for to have a share again that was taken back: a new share of the same kind, never the old one. Nothing
 * where it would be over already.
 */
export function wishAgain({ resource, party, scopes, conditions }: ShareWish, nowMs: number): ShareWish | undefined {
  const isOver = holding(conditions, Math.floor(nowMs / 1000), { ownKey: true }) === 'over';
  return isOver ? undefined : { resource, party, scopes, conditions };
}

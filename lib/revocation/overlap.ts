import type { Target } from '../servers/authorization-server.ts';
import type { ShareWish } from '../sharing/share.ts';
import type { Text } from '../sharing/text.ts';
import type { Block, Denial } from './denial.ts';
import { overlap } from './denial-index.ts';

/**
 * Why this may not be shared now: something of it is still refused, so the share would not work, or would be ended
 * along with what it overlaps.
 *
 * @param uniqueShareIds - then a share still being ended leaves a new one alone
 */
export function overlapping(denials: Iterable<Denial>, wish: ShareWish, uniqueShareIds: boolean): Text | undefined {
  for (const denial of denials) {
    if (denial.kind === 'block' && touches(denial, wish, uniqueShareIds)) return sentence(denial, wish);
  }
  return undefined;
}

function touches({ target, ended }: Block, wish: ShareWish, uniqueShareIds: boolean): boolean {
  if ('share' in target) return !uniqueShareIds && ended.some((pair) => samePair(pair, wish));
  if ('pair' in target) return samePair(target.pair, wish);
  return namesWish(target, wish);
}

function namesWish(target: Exclude<Target, { share: string } | { pair: object }>, wish: ShareWish): boolean {
  if ('everything' in target) return true;
  if ('resource' in target) return target.resource === wish.resource;
  return 'device' in target && wish.party.kind === 'device' && target.device === wish.party.id;
}

function samePair(pair: { device: string; resource: string; scopes: string[] }, wish: ShareWish): boolean {
  const sameDevice = wish.party.kind === 'device' && wish.party.id === pair.device;
  return sameDevice && wish.resource === pair.resource && overlap(pair.scopes, wish.scopes);
}

function sentence({ why, liftable }: Block, { resource, party }: ShareWish): Text {
  const values = { resource, party: party.id };
  if (why === 'revoked') return { key: liftable ? 'hint.grant_blocked' : 'hint.grant_still_ending', values };
  return { key: why === 'quarantined' ? 'hint.grant_quarantined' : 'hint.grant_panic', values };
}

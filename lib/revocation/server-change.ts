import type { ServerChange, Target } from '../servers/authorization-server.ts';
import type { Seconds } from '../uma/permission.ts';
import { type Block, type CutRules, cutOf, type Denial, targetKey } from './denial.ts';

/** One panic at a time: a denylist guards one owner's things. */
export const SERVER_PANIC = 'server-panic';

/**
 * The denial that follows from what a server told. It has done its part already, so this is a cut at once; only a
 * panic stays a block, until the server says that its owner has ended it. Nothing a server grants lifts anything.
 */
export function denialOf(change: ServerChange, now: Seconds, rules: CutRules): Denial | undefined {
  if (change.type === 'panic') {
    const target = { everything: change.owner };
    return { order: SERVER_PANIC, target, why: 'panic', at: now, ended: [], kind: 'block', liftable: true };
  }
  if (change.type === 'share-ended') {
    const { share, device, resource } = change;
    return cutOf(told({ share }, now), { at: change.at, ended: [{ share, device, resource, scopes: [] }] }, now, rules);
  }
  if (change.type !== 'token-revoked') return undefined;
  return cutOf(told({ token: change.tokenHash }, now), { at: change.at, ended: [] }, now, rules);
}

function told(target: Target, at: Seconds): Block {
  const order = `server:${targetKey(target)}`;
  return { order, target, why: 'revoked', at, ended: [], kind: 'block', liftable: false };
}

import type { ServerChange, Target } from '../servers/authorization-server.ts';
import type { Seconds } from '../uma/permission.ts';
import { type Block, type Cut, type CutRules, cutOf, type Denial, targetKey } from './denial.ts';

/** One panic at a time: a denylist guards one owner's things. */
export const SERVER_PANIC = 'server-panic';

/**
 * The denial that follows from what a server told. It has done its part already, so this is a cut at once; only a
 * panic stays a block, until the server says that its owner has ended it. Nothing a server grants lifts anything. What
 * it can tell no more may have ended anything that was issued before.
 */
export function denialOf(change: ServerChange, now: Seconds, rules: CutRules): Denial | undefined {
  if (change.type === 'panic') return panicOf(change);
  if (change.type === 'share-ended') {
    const { share, device, resource } = change;
    return cutOf(told({ share }, now), { at: change.at, ended: [{ share, device, resource, scopes: [] }] }, now, rules);
  }
  if (change.type === 'gap')
    return cutOf(told({ everything: change.owner }, now), { at: change.at, ended: [] }, now, rules);
  if (change.type !== 'token-revoked') return undefined;
  return cutOf(told({ token: change.tokenHash }, now), { at: change.at, ended: [] }, now, rules);
}

/** Everything is stopped until the server says that it is no longer. `at`: by the server's clock. */
export function panicOf({ owner, at }: { owner: string; at: Seconds }): Block {
  const target = { everything: owner };
  return { order: SERVER_PANIC, target, why: 'panic', at, ended: [], kind: 'block', liftable: true };
}

/**
 * What a panic leaves when its owner ends it: nothing issued before it passes any more. The server ended all of that when
 * it began, issued nothing while it lasted, and told of no end in between, since everything was refused.
 */
export function afterPanic(panic: Denial, now: Seconds, rules: CutRules): Cut {
  return cutOf(told(panic.target, panic.at), { at: panic.at, ended: [] }, now, rules);
}

function told(target: Target, at: Seconds): Block {
  const order = `server:${targetKey(target)}`;
  return { order, target, why: 'revoked', at, ended: [], kind: 'block', liftable: false };
}

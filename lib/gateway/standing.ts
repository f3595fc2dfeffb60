import type { BuiltInServer } from '../servers/built-in.ts';
import type { Standing } from './gateway.ts';
import type { ServerPlace } from './server-place.ts';

/** How far the gateway is, in the words of its users: the server's way in, and the set-up link where it is ours to give. */
export function readStanding(server: Pick<BuiltInServer, 'join'>, place: Pick<ServerPlace, 'setUpLink'>): Standing {
  const step = server.join.step();
  if (step.phase !== 'no-owner') return step;
  const link = place.setUpLink();
  if (link === undefined) return { phase: 'no-owner', userCode: step.userCode };
  // The page lets this Node-RED in together with making the owner: one step for the person.
  const withCode = new URL(link);
  withCode.searchParams.set('connect', step.userCode);
  return { phase: 'no-owner', setUpLink: withCode.href, userCode: step.userCode };
}

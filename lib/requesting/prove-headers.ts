import type { CallPorts } from './call-resource.ts';
import type { CallTarget } from './call-target.ts';
import type { CallWish, ProvedHeaders, ReturnedChallenge } from './call-wish.ts';
import { readDemand } from './challenge-reading.ts';
import { isNotAllowed, type NotAllowed, notAllowed } from './outcome.ts';
import { prove } from './proving.ts';
import { refusedThere } from './refused-there.ts';
import type { RptWish } from './rpt-memory.ts';

/**
 * Headers for a request that somebody else sends (`http request`). Challenges come back from there; how often one is
 * answered is for the caller to count.
 *
 * @throws the signal's reason; faults that are nobody's answer
 */
export async function proveHeaders(
  ports: Omit<CallPorts, 'fetch'>,
  wish: CallWish,
  target: CallTarget,
  rptWish: RptWish,
  challenge: ReturnedChallenge | undefined,
  signal: AbortSignal,
): Promise<ProvedHeaders | NotAllowed> {
  const answered = challenge && answer(ports, rptWish, target, challenge);
  if (isNotAllowed(answered)) return answered;
  const held = await ports.desk.obtain(rptWish, signal, answered);
  if (isNotAllowed(held)) return held;
  const { url, origin } = target;
  const proved = held && prove(held, target, ports.nonces.get(origin), ports.nowMs());
  return { outcome: 'allowed', url, ...proved, device: wish.device };
}

/** @returns the ticket to ask with; undefined where a fresh proof with the nonce is all that is needed */
function answer(
  { desk, nonces, issuer }: Omit<CallPorts, 'fetch'>,
  rptWish: RptWish,
  { origin }: CallTarget,
  { wwwAuthenticate, nonce }: ReturnedChallenge,
) {
  nonces.put(origin, nonce);
  const demand = readDemand(wwwAuthenticate, nonce, issuer);
  if (demand.kind === 'nonce') return undefined;
  const refused = desk.current(rptWish);
  if (demand.kind === 'uma') return { ticket: demand.ticket, refused };
  if (refused !== undefined) desk.drop(rptWish, refused);
  return demand.kind === 'stranger' ? notAllowed('denied', 'unknown_server') : refusedThere(demand.reason);
}

import type { CallTarget } from './call-target.ts';
import { CallError, type CallOptions, type CallWish, type Fetch, type HttpAnswer } from './call-wish.ts';
import { type Demand, readDemand } from './challenge-reading.ts';
import type { HeldRpt } from './held-rpt.ts';
import { readAnswer } from './http-answer.ts';
import type { RptDesk } from './obtain-rpt.ts';
import type { OriginNonces } from './origin-nonces.ts';
import { isNotAllowed, type NotAllowed, notAllowed } from './outcome.ts';
import { prove, requestHeaders } from './proving.ts';
import { redirected } from './redirect.ts';
import { errorIn, readRefusal, refusedThere } from './refused-there.ts';
import type { RptWish } from './rpt-memory.ts';

export interface CallPorts {
  desk: RptDesk;
  nonces: OriginNonces;
  /** Of our server: the only one whose tickets are taken anywhere. */
  issuer: string;
  fetch: Fetch;
  nowMs(): number;
}

/** One message on its way: where to, for what, and what it has used up of its patience. */
interface Journey {
  wish: CallWish;
  rptWish: RptWish;
  options: CallOptions;
  target: CallTarget;
  /** Kinds of challenges that were answered: each once, never a loop. */
  answered: Set<Demand['kind']>;
  redirects: number;
}

/**
 * Calls a URL with a token and a fresh proof, and gets both first where needed.
 *
 * @throws CallError; the signal's reason; faults that are nobody's answer
 */
export async function callResource(
  ports: CallPorts,
  wish: CallWish,
  target: CallTarget,
  rptWish: RptWish,
  options: CallOptions,
): Promise<HttpAnswer | NotAllowed> {
  const journey: Journey = { wish, rptWish, options, target, answered: new Set(), redirects: 0 };
  const held = await ports.desk.obtain(rptWish, options.signal);
  return isNotAllowed(held) ? held : travel(ports, journey, held);
}

/** One request, and whatever its answer asks for. */
async function travel(ports: CallPorts, journey: Journey, held: HeldRpt | undefined): Promise<HttpAnswer | NotAllowed> {
  const response = await send(ports, journey, held);
  if (isNotAllowed(response)) return response;
  ports.nonces.put(journey.target.origin, response.headers.get('dpop-nonce'));
  const next = redirected(response, journey.target, journey.redirects);
  if (next) {
    await discard(response);
    return travel(ports, { ...journey, target: next, redirects: journey.redirects + 1 }, held);
  }
  if (response.status === 401) return answerChallenge(ports, journey, held, response);
  const answer = await arrived(journey, response);
  return isNotAllowed(answer) ? answer : (readRefusal(answer) ?? answer);
}

async function answerChallenge(ports: CallPorts, journey: Journey, held: HeldRpt | undefined, response: Response) {
  const { headers } = response;
  const demand = readDemand(headers.get('www-authenticate'), headers.get('dpop-nonce'), ports.issuer);
  const again = !journey.answered.has(demand.kind);
  journey.answered.add(demand.kind);
  if (demand.kind === 'nonce' && held && again) {
    await discard(response);
    return travel(ports, journey, held);
  }
  if (held) ports.desk.drop(journey.rptWish, held.rpt);
  if (demand.kind === 'uma' && again) {
    await discard(response);
    const { ticket } = demand;
    const next = await ports.desk.obtain(journey.rptWish, journey.options.signal, { ticket, refused: held?.rpt });
    return isNotAllowed(next) ? next : travel(ports, journey, next);
  }
  const answer = await arrived(journey, response);
  return isNotAllowed(answer) ? answer : finalNo(demand, answer);
}

/** What was said last decides what the flow is told: the body's word is more exact than the challenge's. */
function finalNo(demand: Demand, answer: HttpAnswer): NotAllowed {
  if (demand.kind === 'stranger') return notAllowed('denied', 'unknown_server');
  const reason = demand.kind === 'refused' ? demand.reason : 'challenged_again';
  return refusedThere(errorIn(answer) ?? reason);
}

async function send(ports: CallPorts, journey: Journey, held: HeldRpt | undefined): Promise<Response | NotAllowed> {
  const { options, target } = journey;
  const proved = held && prove(held, target, ports.nonces.get(target.origin), ports.nowMs());
  const headers = requestHeaders(options.headers, proved);
  const init: RequestInit = { method: target.method, headers, redirect: 'manual', signal: options.signal };
  const request = options.fetch ?? ports.fetch;
  return reaching(options.signal, () => request(target.url, { ...init, ...bodyOf(target, options) }));
}

/** Frees the connection; how the rest of an answer ends that nobody reads is nobody's concern. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

/** A copy for each request, as bytes, so that it can be sent again and no content type is made up for it. */
function bodyOf({ method }: CallTarget, { body }: CallOptions): { body?: Uint8Array<ArrayBuffer> } {
  const bodiless = body === undefined || method === 'GET' || method === 'HEAD';
  return bodiless ? {} : { body: new Uint8Array(Buffer.from(body)) };
}

function arrived({ wish, target, options }: Journey, response: Response): Promise<HttpAnswer | NotAllowed> {
  return reaching(options.signal, () => readAnswer(response, { device: wish.device, url: target.url }));
}

/** That a resource cannot be reached is an answer; that the flow has given up, or asks for the impossible, is not. */
async function reaching<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | NotAllowed> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CallError) throw error;
    const timedOut = signal.aborted && signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    if (signal.aborted && !timedOut) throw signal.reason;
    return notAllowed('unreachable', 'resource_unreachable');
  }
}

/** The *HTTP headers* way: headers for core's `http request`, and the 401 of it wired back. */
import type { CallWish, Gateway, NotAllowed, ProvedHeaders } from '../gateway/gateway.ts';
import { type Attempt, type Attempts, remember, restore } from './attempts.ts';
import { FlowError } from './flow-error.ts';
import type { Ending, Host, Message } from './host.ts';
import { notAllowed } from './not-allowed.ts';
import { flowHeaders } from './request-body.ts';
import { allowedUma, askingUma, named, passOf } from './request-words.ts';

export interface HeadersContext {
  host: Host;
  msg: Message;
  gateway: Gateway;
  attempts: Attempts;
  signal: AbortSignal;
}

interface Challenge {
  wwwAuthenticate?: string;
  nonce?: string;
}

/** A first attempt: what the message was is kept in case a 401 comes back. */
export function proveHeaders(context: HeadersContext, wish: CallWish): Promise<Ending> {
  const { host, msg } = context;
  const before = remember(msg, (part) => host.red.util.cloneMessage(part as Message));
  return prove(context, { wish, before, umaAnswered: false, nonceAnswered: false }, undefined);
}

async function prove(context: HeadersContext, attempt: Attempt, challenge: Challenge | undefined): Promise<Ending> {
  const { host, msg, gateway, attempts, signal } = context;
  const { wish } = attempt;
  const proved: ProvedHeaders | NotAllowed = await gateway.headers(wish, challenge, signal);
  if (proved.outcome !== 'allowed') return notAllowed(host, proved, named(gateway, wish));
  const { url, authorization, dpop } = proved;
  const credential = { ...(authorization && { authorization }), ...(dpop && { dpop }) };
  Object.assign(msg, { method: wish.method, url, headers: { ...flowHeaders(msg), ...credential } });
  const uma = authorization ? allowedUma(host, gateway, wish) : askingUma(host, gateway, wish);
  const phrase = authorization ? host.passes.note(passOf(gateway, wish))() : 'working';
  return { output: 1, uma: { ...uma, attempt: attempts.keep(attempt) }, phrase };
}

function header(msg: Message, name: string): string | undefined {
  const value = (msg.headers as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined;
}

/** What the 401 asks for; both at once count for both. */
function challengeOf(msg: Message): Challenge {
  const wwwAuthenticate = header(msg, 'www-authenticate');
  const nonce = header(msg, 'dpop-nonce');
  return { ...(wwwAuthenticate && { wwwAuthenticate }), ...(nonce && { nonce }) };
}

function asksNonce({ wwwAuthenticate, nonce }: Challenge): boolean {
  return nonce !== undefined && /use_dpop_nonce/.test(wwwAuthenticate ?? '');
}

function given(host: Host, gateway: Gateway, wish: CallWish): Ending {
  const outcome: NotAllowed = { outcome: 'denied', reason: 'still_refused', hint: { key: 'hint.still_refused' } };
  return notAllowed(host, outcome, named(gateway, wish));
}

/**
 * A 401 that was wired back: the request is restored and tried once more for each kind of challenge.
 * @throws FlowError `not_a_challenge` for any other answer: wiring those back would go round for ever;
 *   `attempt_forgotten` after a minute, or when a hundred later ones came in between
 */
export async function answerChallenge(context: HeadersContext, id: string): Promise<Ending> {
  const { host, msg, gateway, attempts } = context;
  if (msg.statusCode !== 401) throw new FlowError('not_a_challenge', { statusCode: String(msg.statusCode) });
  const attempt = attempts.take(id);
  if (!attempt) throw new FlowError('attempt_forgotten');
  const challenge = challengeOf(msg);
  const nonce = asksNonce(challenge);
  restore(msg, attempt.before);
  if (nonce ? attempt.nonceAnswered : attempt.umaAnswered) return given(host, gateway, attempt.wish);
  const next: Attempt = {
    ...attempt,
    umaAnswered: attempt.umaAnswered || !nonce,
    nonceAnswered: attempt.nonceAnswered || nonce,
  };
  return prove(context, next, challenge);
}

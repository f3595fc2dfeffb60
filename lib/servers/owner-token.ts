import { answerOf } from '../uma/server-answer.ts';
import { askTokenEndpoint } from '../uma/token-request.ts';
import { readIssuedToken, refusalOf } from '../uma/token-response.ts';
import { OwnerNotConnected } from './errors.ts';
import { createHeldToken, type HeldToken, type TimedToken } from './held-token.ts';
import type { Link } from './link.ts';

/** Where the server does not say how long it lives. */
const USUAL_LIFE_SECONDS = 60;

/**
 * The owner's authority as an access token, bound to this gateway's key, from the refresh token the owner's approval left
 * (RFC 6749 6, RFC 9449 5). Getting it rejects with `OwnerNotConnected` where there is none, or it was withdrawn, which
 * is then forgotten.
 */
export function createOwnerToken(link: Link, nowMs: () => number): HeldToken {
  return createHeldToken({ nowMs, fetch: (signal) => refresh(link, nowMs, signal) });
}

async function refresh(link: Link, nowMs: () => number, signal: AbortSignal): Promise<TimedToken> {
  const { owner } = link.state.secrets();
  if (owner === undefined) throw new OwnerNotConnected();
  const client = await link.client(signal);
  const parameters = { refresh_token: owner.refreshToken };
  const answer = await askTokenEndpoint(client, 'refresh_token', parameters, link.http(signal));
  if (answer.status === 200) return keep(link, owner, readIssuedToken(answer), nowMs());
  if (answerOf(answer).error !== 'invalid_grant') throw refusalOf(answer);
  await forget(link, owner.refreshToken);
  throw new OwnerNotConnected();
}

/** A server may rotate the refresh token (RFC 6749 6): then the old one is worth nothing, and the new one is stored first. */
async function keep(
  { state }: Link,
  owner: { refreshToken: string; scopes: string[] },
  { token, refreshToken, expiresInSeconds = USUAL_LIFE_SECONDS }: ReturnType<typeof readIssuedToken>,
  nowMs: number,
): Promise<TimedToken> {
  if (refreshToken !== undefined && refreshToken !== owner.refreshToken) {
    await state.update({ secrets: { owner: { ...owner, refreshToken } } });
  }
  return { token, expiresAtMs: nowMs + expiresInSeconds * 1000 };
}

/** Unless the owner has approved anew meanwhile. */
async function forget({ state }: Link, refreshToken: string): Promise<void> {
  if (state.secrets().owner?.refreshToken === refreshToken) await state.update({ secrets: { owner: undefined } });
}

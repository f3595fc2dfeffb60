import { calculateJwkThumbprint, type JWK } from 'jose';
import { customFetch } from 'oauth4webapi';
import { endpointOf } from '../uma/endpoint.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import { type Answer, exchange } from '../uma/exchange.ts';
import { isJsonObject } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { ServerError } from './errors.ts';
import type { Link } from './link.ts';
import { createSingleFlight } from './single-flight.ts';

/**
 * The server's signing keys (RFC 7517 5), pinned when it was first seen. Only pinned keys are given out: what is public can
 * be shown by anybody who took the server's place, so an old key beside a new one says nothing for the new one.
 */
export interface ServerKeys {
  /** @throws ServerError `server_key_changed` where no pinned key is left; UnreachableError, InvalidResponseError */
  fetch(signal?: AbortSignal): Promise<JWK[]>;
}

export function createServerKeys(link: Link, log: (line: string) => void): ServerKeys {
  const { issuer, state } = link;
  let complaint: string | undefined;

  function complain(unknown: string[]): void {
    const names = unknown.sort().join(', ');
    if (names !== '' && names !== complaint)
      log(`${issuer} shows signing keys that are not the ones seen first, and not used: ${names}`);
    complaint = names;
  }

  const fetch = createSingleFlight(async (signal) => {
    const keys = await published(link, signal);
    const { serverKeys: pinned } = state.connection();
    if (pinned === undefined) {
      await state.update({ connection: { serverKeys: [...keys.keys()] } });
      return [...keys.values()];
    }
    const known = [...keys].filter(([thumbprint]) => pinned.includes(thumbprint));
    if (known.length === 0) {
      throw new ServerError('server_key_changed', `${issuer} has other signing keys than before`, {
        values: { server: issuer },
      });
    }
    complain([...keys.keys()].filter((thumbprint) => !pinned.includes(thumbprint)));
    return known.map(([, key]) => key);
  }, link.closing);

  return { fetch };
}

/** By RFC 7638 thumbprint. */
async function published(link: Link, signal: AbortSignal): Promise<Map<string, JWK>> {
  const http = link.http(signal);
  const url = endpointOf(await link.metadata(signal), 'jwks_uri', http);
  const answer = await exchange(link.issuer, http, ({ [customFetch]: fetch }) =>
    fetch(url.href, {
      method: 'GET',
      headers: { accept: 'application/json' },
      body: undefined,
      redirect: 'manual',
      signal,
    }),
  );
  const keys = readKeys(answer);
  return new Map(await Promise.all(keys.map(async (key) => [await thumbprintOf(key, answer), key] as const)));
}

function readKeys(answer: Answer): JWK[] {
  const keys = isJsonObject(answer.json) ? answer.json.keys : undefined;
  if (answer.status !== 200 || !Array.isArray(keys) || keys.length === 0 || !keys.every(isJsonObject))
    throw noKeys(answer);
  return keys as JWK[];
}

function thumbprintOf(key: JWK, answer: Answer): Promise<string> {
  return calculateJwkThumbprint(key).catch(() => {
    throw noKeys(answer);
  });
}

function noKeys(answer: Answer): InvalidResponseError {
  return new InvalidResponseError('the server shows no valid set of signing keys', { response: answerOf(answer) });
}

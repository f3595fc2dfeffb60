import { calculateJwkThumbprint, type JWK } from 'jose';
import { customFetch } from 'oauth4webapi';
import { endpointOf } from '../uma/endpoint.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import { type Answer, exchange } from '../uma/exchange.ts';
import { isJsonObject } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { ServerError } from './errors.ts';
import { withSuccessors } from './key-succession.ts';
import type { Link } from './link.ts';
import { createSingleFlight } from './single-flight.ts';

/**
 * The server's signing keys (RFC 7517 5), pinned when it was first seen. Only pinned keys are given out: what is public can
 * be shown by anybody who took the server's place, so an old key beside a new one says nothing for the new one. A new one
 * is pinned when an old one has signed for it, or a person has (docs/server-keys.md).
 */
export interface ServerKeys {
  /** @throws ServerError `server_key_changed` where no pinned key is left; UnreachableError, InvalidResponseError */
  fetch(signal?: AbortSignal): Promise<JWK[]>;
}

/** @param confirmed - RFC 7638 thumbprint of the key that a person, or the server in this process, says is the server's */
export function createServerKeys(link: Link, log: (line: string) => void, confirmed?: string): ServerKeys {
  const { issuer, state } = link;
  let complaint: string | undefined;

  function complain(unknown: string[]): void {
    const names = unknown.sort().join(', ');
    if (names !== '' && names !== complaint)
      log(`${issuer} shows signing keys that are not the ones seen first, and not used: ${names}`);
    complaint = names;
  }

  /** A word is taken once: after that the server's keys go their own way, and it must not bring an old one back. */
  async function trusted({ keys, succession }: Published): Promise<Set<string>> {
    const { serverKeys: pinned, confirmedKey } = state.connection();
    const isNews = [...keys.keys()].some((thumbprint) => !pinned?.includes(thumbprint));
    const known = isNews ? await withSuccessors(pinned ?? [], succession) : new Set(pinned);
    // Where an old key vouches for the confirmed one, that old one is still good for what it signed before.
    if (confirmed !== undefined && confirmed !== confirmedKey)
      return known.has(confirmed) ? known : new Set([confirmed]);
    return pinned === undefined ? new Set(keys.keys()) : known;
  }

  async function pin(thumbprints: string[]): Promise<void> {
    const { serverKeys: before, confirmedKey } = state.connection();
    const isConfirmed = confirmed === undefined || confirmed === confirmedKey;
    if (isConfirmed && JSON.stringify(before) === JSON.stringify(thumbprints)) return;
    const fresh = before === undefined ? [] : thumbprints.filter((thumbprint) => !before.includes(thumbprint));
    if (fresh.length > 0) log(`${issuer} signs with a new key, which is vouched for: ${fresh.join(', ')}`);
    await state.update({ connection: { serverKeys: thumbprints, confirmedKey: confirmed ?? confirmedKey } });
  }

  const fetch = createSingleFlight(async (signal) => {
    const shown = await published(link, signal);
    const good = await trusted(shown);
    const known = [...shown.keys].filter(([thumbprint]) => good.has(thumbprint));
    if (known.length === 0) throw changed(issuer, [...shown.keys.keys()]);
    await pin(known.map(([thumbprint]) => thumbprint));
    complain([...shown.keys.keys()].filter((thumbprint) => !good.has(thumbprint)));
    return known.map(([, key]) => key);
  }, link.closing);

  return { fetch };
}

function changed(issuer: string, shown: string[]): ServerError {
  return new ServerError('server_key_changed', `${issuer} has other signing keys than before`, {
    values: { server: issuer, fingerprint: shown.join(', ').slice(0, 200) },
  });
}

interface Published {
  /** By RFC 7638 thumbprint. */
  keys: Map<string, JWK>;
  /** As received. */
  succession: unknown;
}

async function published(link: Link, signal: AbortSignal): Promise<Published> {
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
  const named = await Promise.all(keys.map(async (key) => [await thumbprintOf(key, answer), key] as const));
  return { keys: new Map(named), succession: isJsonObject(answer.json) ? answer.json.succession : undefined };
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

import { calculateJwkThumbprint, type JWK } from 'jose';
import { customFetch } from 'oauth4webapi';
import { endpointOf } from '../uma/endpoint.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import { type Answer, exchange } from '../uma/exchange.ts';
import { isJsonObject } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { ServerError } from './errors.ts';
import { type Line, withSuccessors } from './key-succession.ts';
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
  async function trusted({ keys, succession }: Published): Promise<Line> {
    const { serverKeys: pinned, formerKeys, confirmedKey } = state.connection();
    const shown = [...keys.keys()];
    const before = { known: new Set(pinned), former: new Set(formerKeys) };
    const isNews = shown.some((thumbprint) => !before.known.has(thumbprint));
    const line = isNews ? await withSuccessors(before, succession) : before;
    // Where an old key vouches for the confirmed one, that old one is still good for what it signed before.
    if (confirmed !== undefined && confirmed !== confirmedKey)
      return line.known.has(confirmed) ? line : { known: new Set([confirmed]), former: new Set() };
    return pinned === undefined ? withSuccessors({ known: new Set(shown), former: new Set() }, succession) : line;
  }

  async function pin(thumbprints: string[], former: Set<string>): Promise<void> {
    const { serverKeys: before, formerKeys: formerBefore, confirmedKey } = state.connection();
    const formerKeys = thumbprints.filter((thumbprint) => former.has(thumbprint));
    const isConfirmed = confirmed === undefined || confirmed === confirmedKey;
    const isSame = JSON.stringify([before, formerBefore ?? []]) === JSON.stringify([thumbprints, formerKeys]);
    if (isConfirmed && isSame) return;
    const fresh = before === undefined ? [] : thumbprints.filter((thumbprint) => !before.includes(thumbprint));
    if (fresh.length > 0) log(`${issuer} signs with a new key, which is vouched for: ${fresh.join(', ')}`);
    const connection = { serverKeys: thumbprints, formerKeys, confirmedKey: confirmed ?? confirmedKey };
    await state.update({ connection });
  }

  const fetch = createSingleFlight(async (signal) => {
    const shown = await published(link, signal);
    const { known: good, former } = await trusted(shown);
    const known = [...shown.keys].filter(([thumbprint]) => good.has(thumbprint));
    if (known.length === 0) throw changed(issuer, [...shown.keys.keys()]);
    await pin(
      known.map(([thumbprint]) => thumbprint),
      former,
    );
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

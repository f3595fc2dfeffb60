import { createPublicKey, type KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { JSONWebKeySet, JWK } from 'jose';
import { unlessAborted } from '../uma/unless-aborted.ts';

/** The server's public keys (RFC 7517 5), as verifying needs them: at hand, also while the server is away. */
export interface KeySet {
  /**
   * @returns undefined where the server has no such key
   * @throws whatever fetching throws, while no keys are known at all
   */
  keyFor(jwksUri: string, kid: string | undefined, algorithm: string): Promise<KeyObject | undefined>;
  /** Answers at once, and only what may be believed without asking; undefined where `keyFor` has to say. */
  atHand(jwksUri: string, kid: string | undefined, algorithm: string): KeyObject | undefined;
}

export interface KeySetPorts {
  /** Must end with the signal; whoever stores key sets does it here. */
  fetchJwks(jwksUri: string, signal: AbortSignal): Promise<JSONWebKeySet>;
  /** Stored from an earlier run, so that tokens can be judged before the server was reached. */
  known?: { jwksUri: string; jwks: JSONWebKeySet } | undefined;
  /** A clock that nobody sets. */
  monotonicMs?(): number;
  /** Aborts after so many milliseconds. */
  deadline?(ms: number): AbortSignal;
}

interface ServerKey {
  kid: string | undefined;
  algorithm: string | undefined;
  key: KeyObject;
}

const FETCH_WITHIN_MS = 2000;
/** A name of a key that we don't know may be anybody's invention: it is no reason to ask more often. */
const REFRESH_EVERY_MS = 60_000;
/**
 * A key that gave way is shown no longer than tokens by it can live (docs/server-keys.md). So long it may be believed
 * without another look: whoever has a copy of it could sign for ever.
 */
const FRESH_FOR_MS = 300_000;
/** While there are no keys, nothing can pass, so trying again is worth more. */
const FIRST_TRY_EVERY_MS = 2000;
const KEY_LIMIT = 100;

export function createKeySet(ports: KeySetPorts): KeySet {
  let current = ports.known && keysAt(ports, ports.known.jwksUri, readKeys(ports.known.jwks));
  return {
    async keyFor(jwksUri, kid, algorithm) {
      if (current?.jwksUri !== jwksUri) current = keysAt(ports, jwksUri);
      return current.find(kid, algorithm);
    },
    atHand: (jwksUri, kid, algorithm) => (current?.jwksUri === jwksUri ? current.atHand(kid, algorithm) : undefined),
  };
}

/** The keys under one address; a server that has moved begins anew. */
function keysAt(ports: KeySetPorts, jwksUri: string, known?: ServerKey[]) {
  const { monotonicMs = () => performance.now(), deadline = (ms) => AbortSignal.timeout(ms) } = ports;
  let keys = known;
  let failure: unknown;
  let nextTryMs = Number.NEGATIVE_INFINITY;
  let staleAtMs = known ? monotonicMs() + FRESH_FOR_MS : Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    try {
      const signal = deadline(FETCH_WITHIN_MS);
      keys = readKeys(await unlessAborted(signal, ports.fetchJwks(jwksUri, signal)));
      staleAtMs = monotonicMs() + FRESH_FOR_MS;
    } catch (error) {
      failure = error;
    } finally {
      nextTryMs = monotonicMs() + (keys ? REFRESH_EVERY_MS : FIRST_TRY_EVERY_MS);
      fetching = undefined;
    }
  }

  function atHand(kid: string | undefined, algorithm: string): KeyObject | undefined {
    return keys && monotonicMs() < staleAtMs ? findKey(keys, kid, algorithm) : undefined;
  }

  async function find(kid: string | undefined, algorithm: string): Promise<KeyObject | undefined> {
    const found = atHand(kid, algorithm);
    if (found) return found;
    if (!fetching && monotonicMs() >= nextTryMs) fetching = fetchKeys();
    await fetching;
    if (!keys) throw failure;
    return findKey(keys, kid, algorithm);
  }

  return { jwksUri, find, atHand };
}

/** A token that names no key is for the only one that fits; which of several it meant is not for us to try. */
function findKey(keys: readonly ServerKey[], kid: string | undefined, algorithm: string): KeyObject | undefined {
  const fits = (key: ServerKey) => key.algorithm === undefined || key.algorithm === algorithm;
  if (kid !== undefined) return keys.find((key) => key.kid === kid && fits(key))?.key;
  const fitting = keys.filter(fits);
  return fitting.length === 1 ? fitting[0]?.key : undefined;
}

function readKeys(jwks: JSONWebKeySet): ServerKey[] {
  if (!Array.isArray(jwks?.keys)) throw new TypeError('The key set of the server is not one');
  return jwks.keys.slice(0, KEY_LIMIT).flatMap(readKey);
}

/** Keys of kinds that we don't know, or for encryption, are passed over (RFC 7517 5). */
function readKey(jwk: JWK): ServerKey[] {
  if (jwk.use !== undefined && jwk.use !== 'sig') return [];
  try {
    return [{ kid: jwk.kid, algorithm: jwk.alg, key: createPublicKey({ key: { ...jwk }, format: 'jwk' }) }];
  } catch {
    return [];
  }
}

import type { KeyObject } from 'node:crypto';
import { verifyJwt } from '../proof/jwt-verify.ts';
import type { RptFacts, RptReading } from '../uma/rpt.ts';
import { unlessAborted } from '../uma/unless-aborted.ts';
import type { KeySet } from './key-set.ts';
import { type Refused, refused } from './refused.ts';
import type { Soon } from './soon.ts';
import { createVerifiedCache, type SignedBy, type Verified } from './verified-cache.ts';

/** A token on its way to being believed. */
export interface TokenQuestion {
  token: string;
  tokenHash: string;
  leewaySeconds: number;
  maxAnswerAgeMs: number;
}

/**
 * Reads tokens as the server's {@link RptReading} says, once each; by its own word no token is believed in anything.
 * Answers at once where it has read the token before.
 */
export type ReadToken = (reading: RptReading, question: TokenQuestion) => Soon<Verified | Refused>;

export interface TokenReaderPorts {
  keySet: KeySet;
  nowMs(): number;
  /** When the server was last heard from, in milliseconds since 1970. */
  lastHeardMs(): number;
  /** Aborts after so many milliseconds. */
  deadline?(ms: number): AbortSignal;
}

type JwtReading = RptReading & { kind: 'jwt' };
type IntrospectionReading = RptReading & { kind: 'introspection' };

const DEFAULT_TYPES = ['at+jwt'];
const INTROSPECT_WITHIN_MS = 2000;
/** Beyond this many questions at once, strangers with invented tokens would be a flood at the server. */
const INTROSPECTIONS_AT_ONCE = 50;

export function createTokenReader(ports: TokenReaderPorts): ReadToken {
  const cache = createVerifiedCache();
  const asking = new Map<string, Promise<Verified | Refused>>();

  async function verify(reading: JwtReading, question: TokenQuestion, cached: Verified | undefined) {
    if (cached && (await isStillTheKey(ports, reading, cached))) return unexpired(ports, question, cached);
    const read = await verified(ports, reading, question);
    if (!('reason' in read)) cache.put(question.tokenHash, reading, read);
    return unexpired(ports, question, read);
  }

  async function ask(reading: IntrospectionReading, { token, tokenHash }: TokenQuestion): Promise<Verified | Refused> {
    try {
      const read = await introspected(ports, reading, token);
      if ('reason' in read) cache.forget(tokenHash);
      else cache.put(tokenHash, reading, read);
      return read;
    } finally {
      asking.delete(tokenHash);
    }
  }

  async function introspect(reading: IntrospectionReading, question: TokenQuestion): Promise<Verified | Refused> {
    const { tokenHash } = question;
    if (!asking.has(tokenHash) && asking.size >= INTROSPECTIONS_AT_ONCE) return refused('too_many_requests');
    const asked = asking.get(tokenHash) ?? ask(reading, question);
    asking.set(tokenHash, asked);
    return unexpired(ports, question, await asked);
  }

  return (reading, question) => {
    const cached = cache.get(question.tokenHash, reading);
    if (reading.kind === 'jwt') {
      return cached && isKeyAtHand(ports, reading, cached)
        ? unexpired(ports, question, cached)
        : verify(reading, question, cached);
    }
    return cached && isFresh(cached, ports.lastHeardMs(), ports.nowMs(), question.maxAnswerAgeMs)
      ? unexpired(ports, question, cached)
      : introspect(reading, question);
  };
}

function unexpired(ports: TokenReaderPorts, question: TokenQuestion, read: Verified | Refused): Verified | Refused {
  if ('reason' in read) return read;
  return ports.nowMs() / 1000 - question.leewaySeconds < read.facts.expiresAt ? read : refused('expired');
}

async function verified(ports: TokenReaderPorts, reading: JwtReading, question: TokenQuestion) {
  const { issuer, audience, algorithms, jwksUri, types = DEFAULT_TYPES, lowerForm = false } = reading;
  let signedBy: SignedBy | undefined;
  const keyFor = async (kid: string | undefined, algorithm: string) => {
    const key = await ports.keySet.keyFor(jwksUri, kid, algorithm);
    if (key) signedBy = { kid, algorithm, key };
    return key;
  };
  try {
    const { token, leewaySeconds } = question;
    const nowMs = ports.nowMs();
    const expected = { issuer, audience, algorithms, types, lowerForm, keyFor, nowMs, leewaySeconds };
    const verdict = await verifyJwt(token, expected);
    if (!verdict.ok) return refused(verdict.reason, verdict.hint);
    const read = mapped(() => reading.facts(verdict.claims));
    return 'reason' in read || signedBy === undefined ? read : { ...read, signedBy };
  } catch {
    return refused('server_unreachable');
  }
}

/** The server may have taken another key because somebody has a copy of this one: then what it signed is worth nothing. */
async function isStillTheKey({ keySet }: TokenReaderPorts, { jwksUri }: JwtReading, { signedBy }: Verified) {
  if (signedBy === undefined) return false;
  const now = await keySet.keyFor(jwksUri, signedBy.kid, signedBy.algorithm).catch(() => undefined);
  return isSame(signedBy, now);
}

/** The same question, where it can be answered without asking anybody. */
function isKeyAtHand({ keySet }: TokenReaderPorts, { jwksUri }: JwtReading, { signedBy }: Verified): boolean {
  return signedBy !== undefined && isSame(signedBy, keySet.atHand(jwksUri, signedBy.kid, signedBy.algorithm));
}

function isSame({ key }: SignedBy, now: KeyObject | undefined): boolean {
  return now !== undefined && (now === key || now.equals(key));
}

async function introspected(ports: TokenReaderPorts, reading: IntrospectionReading, token: string) {
  const signal = (ports.deadline ?? ((ms) => AbortSignal.timeout(ms)))(INTROSPECT_WITHIN_MS);
  const heardMs = ports.nowMs();
  try {
    const facts = await unlessAborted(signal, reading.introspect(token));
    return facts ? mapped(() => facts, heardMs) : refused('revoked');
  } catch {
    return refused('server_unreachable');
  }
}

/** A token that the server signed and that still says nothing we understand opens nothing. */
function mapped(read: () => RptFacts, heardMs?: number): Verified | Refused {
  try {
    const facts = frozen(read());
    return heardMs === undefined ? { facts } : { facts, heardMs };
  } catch {
    return refused('invalid_token');
  }
}

/** Facts are shared by every message with the same token, so nobody downstream may change them. */
function frozen(facts: RptFacts): RptFacts {
  const permissions = facts.permissions.map((permission) =>
    Object.freeze({ ...permission, scopes: Object.freeze([...permission.scopes]) as string[] }),
  );
  return Object.freeze({ ...facts, permissions: Object.freeze(permissions) as RptFacts['permissions'] });
}

/** Has the server spoken lately, of this token or at all (after which it tells what ends)? All times in milliseconds. */
export function isFresh(
  { heardMs = 0 }: Verified,
  lastHeardMs: number,
  nowMs: number,
  maxAnswerAgeMs: number,
): boolean {
  return nowMs - Math.max(heardMs, lastHeardMs) <= maxAnswerAgeMs;
}

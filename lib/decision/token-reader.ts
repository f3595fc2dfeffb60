import { verifyJwt } from '../proof/jwt-verify.ts';
import type { RptFacts, RptReading } from '../uma/rpt.ts';
import { unlessAborted } from '../uma/unless-aborted.ts';
import type { KeySet } from './key-set.ts';
import { type Refused, refused } from './refused.ts';
import { createVerifiedCache, type SignedBy, type Verified } from './verified-cache.ts';

/** A token on its way to being believed. */
export interface TokenQuestion {
  token: string;
  tokenHash: string;
  leewaySeconds: number;
  maxAnswerAgeMs: number;
}

/** Reads tokens as the server's {@link RptReading} says, once each; by its own word no token is believed in anything. */
export type ReadToken = (reading: RptReading, question: TokenQuestion) => Promise<Verified | Refused>;

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

  async function readJwt(reading: JwtReading, question: TokenQuestion): Promise<Verified | Refused> {
    const name = `${reading.issuer} ${reading.audience} ${reading.jwksUri}`;
    const cached = cache.get(question.tokenHash, name);
    if (cached && (await isStillTheKey(ports, reading, cached.signedBy))) return cached;
    const read = await verified(ports, reading, question);
    if (!('reason' in read)) cache.put(question.tokenHash, name, read);
    return read;
  }

  async function ask(reading: IntrospectionReading, { token, tokenHash }: TokenQuestion): Promise<Verified | Refused> {
    try {
      const read = await introspected(ports, reading, token);
      if ('reason' in read) cache.forget(tokenHash);
      else cache.put(tokenHash, reading.kind, read);
      return read;
    } finally {
      asking.delete(tokenHash);
    }
  }

  async function readOpaque(reading: IntrospectionReading, question: TokenQuestion): Promise<Verified | Refused> {
    const { tokenHash, maxAnswerAgeMs } = question;
    const cached = cache.get(tokenHash, reading.kind);
    if (cached && isFresh(ports, cached, maxAnswerAgeMs)) return cached;
    if (!asking.has(tokenHash) && asking.size >= INTROSPECTIONS_AT_ONCE) return refused('too_many_requests');
    const asked = asking.get(tokenHash) ?? ask(reading, question);
    asking.set(tokenHash, asked);
    return asked;
  }

  return async (reading, question) => {
    const read = await (reading.kind === 'jwt' ? readJwt(reading, question) : readOpaque(reading, question));
    if ('reason' in read) return read;
    return ports.nowMs() / 1000 - question.leewaySeconds < read.facts.expiresAt ? read : refused('expired');
  };
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
async function isStillTheKey(ports: TokenReaderPorts, { jwksUri }: JwtReading, signedBy: SignedBy | undefined) {
  if (signedBy === undefined) return false;
  const { kid, algorithm, key } = signedBy;
  const now = await ports.keySet.keyFor(jwksUri, kid, algorithm).catch(() => undefined);
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

/** Has the server spoken lately, of this token or at all (after which it tells what ends)? */
export function isFresh(
  ports: Pick<TokenReaderPorts, 'nowMs' | 'lastHeardMs'>,
  { heardMs = 0 }: Verified,
  maxAnswerAgeMs: number,
): boolean {
  return ports.nowMs() - Math.max(heardMs, ports.lastHeardMs()) <= maxAnswerAgeMs;
}

import { accessTokenHash } from '../proof/dpop-proof.ts';
import type { DeviceClient, RptOutcome } from '../servers/authorization-server.ts';
import { compareGrant } from '../uma/granted-permissions.ts';
import type { Flight } from './flights.ts';
import { concerns, type Granted, type HeldRpt, type Waiting } from './held-rpt.ts';
import { type NotAllowed, notAllowed } from './outcome.ts';
import type { RptMemory, RptWish } from './rpt-memory.ts';
import { waitingAfterPartialGrant, waitingFor } from './waiting-time.ts';

/** A question that the server has answered, and what has happened since it was asked. */
export interface Answered {
  key: string;
  wish: RptWish;
  client: DeviceClient;
  outcome: RptOutcome;
  flight: Flight;
  nowMs: number;
  /** From 0 to 1. */
  random: number;
}

/** A renewal begins somewhere here in an RPT's life, so that many devices don't come at the same moment. */
const RENEW_FROM = 0.6;
const RENEW_SPREAD = 0.2;

/** Remembers the answer, unless it was overtaken: what was ended meanwhile is not used, who was woken may ask again. */
export function settle(memory: RptMemory, answered: Answered): HeldRpt | NotAllowed {
  const { key, wish, flight, outcome } = answered;
  if (outcome.kind === 'granted') return accept(memory, answered, granted(answered, outcome));
  const before = memory.get(key);
  const waiting = waitingFor(outcome, answered.client.clientId, answered.nowMs, isWaiting(before) ? before : undefined);
  memory.put(key, wish, flight.woken ? { ...waiting, untilMs: 0 } : waiting);
  return waiting.answer;
}

function accept(memory: RptMemory, { key, wish, client, flight, nowMs }: Answered, entry: Granted) {
  if (flight.endings.some((target) => concerns(target, entry))) return notAllowed('denied', 'revoked');
  const missing = missingScopes(wish, entry, nowMs);
  const kept = missing.length === 0 ? entry : waitingAfterPartialGrant(client.clientId, nowMs, missing);
  memory.put(key, wish, kept);
  return kept.state === 'granted' ? { rpt: kept.rpt, client } : kept.answer;
}

function granted(answered: Answered, { rpt, expiresAt, permissions }: RptOutcome & { kind: 'granted' }): Granted {
  const { client, nowMs, random } = answered;
  const expiresAtMs = expiresAt * 1000;
  const renewAtMs = nowMs + (expiresAtMs - nowMs) * (RENEW_FROM + RENEW_SPREAD * random);
  const tokenHash = accessTokenHash(rpt);
  return { state: 'granted', client, rpt, tokenHash, expiresAtMs, renewAtMs, permissions };
}

/** Where the grant tells its permissions, they are looked at (G 3.3.4); the resource server does in any case. */
function missingScopes(wish: RptWish, { permissions }: Granted, nowMs: number): string[] {
  if (wish.resource === undefined || permissions.length === 0) return [];
  const { missing } = compareGrant([{ resource: wish.resource, scopes: wish.scopes }], permissions, nowMs / 1000);
  return missing.flatMap(({ scopes }) => scopes);
}

function isWaiting(entry: Granted | Waiting | undefined): entry is Waiting {
  return entry?.state === 'waiting';
}

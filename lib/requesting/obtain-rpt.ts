import type { DeviceClient, Target } from '../servers/authorization-server.ts';
import { unlessAborted } from '../uma/unless-aborted.ts';
import { createFlights } from './flights.ts';
import type { Granted, HeldRpt, Waiting } from './held-rpt.ts';
import { answerOfError, type NotAllowed } from './outcome.ts';
import { createRptMemory, type RptMemory, type RptWish, rptKey } from './rpt-memory.ts';
import { askServer, type KnownTicket, type QuestionPorts } from './rpt-question.ts';
import { settle } from './settling.ts';

/** What a resource answered to the RPT we had, or to none. */
export interface Challenged {
  ticket: string;
  /** The RPT that was not enough: it is not used again. */
  refused?: string | undefined;
}

export interface ObtainPorts extends QuestionPorts {
  /** Rejects where the device cannot act as a client just now. */
  devices(key: string): Promise<DeviceClient>;
  nowMs(): number;
  random?(): number;
  /** Aborts after so many milliseconds. */
  deadline?(ms: number): AbortSignal;
}

export interface RptDesk {
  /**
   * An RPT for a wish: the one at hand, or a new one. However many ask at once, the server is asked once.
   *
   * @returns undefined where only the resource can say whom to ask: call it without a token, and come back challenged
   * @throws the signal's reason; faults that are nobody's answer
   */
  obtain(wish: RptWish, signal: AbortSignal, challenged?: Challenged): Promise<HeldRpt | NotAllowed | undefined>;
  /** The RPT at hand, without asking anybody. */
  current(wish: RptWish): string | undefined;
  /** A resource did not take this RPT: it is not used again. */
  drop(wish: RptWish, rpt: string): void;
  /** Ends RPTs, also those that are on their way here. */
  ended(target: Target): void;
  /** What a device holds is used no more; what is on its way here is looked at when it comes. */
  forget(clientId: string): void;
  wake(device?: string, resource?: string): void;
  close(): void;
}

const RENEW_AGAIN_MS = 5000;

export function createRptDesk(ports: ObtainPorts): RptDesk {
  const memory = createRptMemory();
  const flights = createFlights(ports);
  const { random = Math.random } = ports;

  /** One question to the server, for all who wait for its answer. */
  function ask(key: string, wish: RptWish, known: KnownTicket | undefined): Promise<HeldRpt | NotAllowed | undefined> {
    return flights.join(key, async (flight, signal) => {
      const { client, outcome } = await askWithKey(ports, wish, known, signal);
      signal.throwIfAborted();
      if (outcome)
        return settle(memory, { key, wish, client, outcome, flight, nowMs: ports.nowMs(), random: random() });
      memory.remove(key);
      return undefined;
    });
  }

  /** In the background: until it expires, the one at hand is good. Of one for a single message there is no second. */
  function renewIfDue(key: string, wish: RptWish, entry: Granted): void {
    if (wish.resource === undefined || ports.nowMs() < entry.renewAtMs) return;
    if (entry.permissions.some(({ once }) => once)) return;
    entry.renewAtMs = ports.nowMs() + RENEW_AGAIN_MS * (1 + random());
    ask(key, wish, undefined).catch(() => {});
  }

  async function obtain(wish: RptWish, signal: AbortSignal, challenged?: Challenged) {
    const key = rptKey(wish);
    const entry = usable(memory, key, ports.nowMs(), challenged);
    if (entry?.state === 'granted') {
      renewIfDue(key, wish, entry);
      return { rpt: entry.rpt, client: entry.client };
    }
    if (entry && ports.nowMs() < entry.untilMs) return entry.answer;
    const known = knownTicket(challenged, entry);
    if (!known && wish.resource === undefined) return undefined;
    return unlessAborted(signal, ask(key, wish, known)).catch(answerOrThrow);
  }

  return {
    obtain,
    current(wish) {
      const entry = memory.get(rptKey(wish));
      return entry?.state === 'granted' ? entry.rpt : undefined;
    },
    drop(wish, rpt) {
      const entry = memory.get(rptKey(wish));
      if (entry?.state === 'granted' && entry.rpt === rpt) memory.remove(rptKey(wish));
    },
    ended(target) {
      memory.end(target);
      flights.ended(target);
    },
    forget: (clientId) => memory.end({ device: clientId }),
    wake(device, resource) {
      memory.wake(device, resource);
      flights.wake();
    },
    close: flights.close,
  };
}

/**
 * A key that gave way to another while the server was asked is good for nothing any more, and neither is what it got: the
 * other one asks again.
 */
async function askWithKey(ports: ObtainPorts, wish: RptWish, known: KnownTicket | undefined, signal: AbortSignal) {
  for (let client = await ports.devices(wish.device); ; ) {
    const asked = await askServer(ports, wish, client, known, signal).then(
      (outcome) => ({ outcome }),
      (error: unknown) => ({ error }),
    );
    const now = await ports.devices(wish.device);
    if (now.privateKey !== client.privateKey && !signal.aborted) client = now;
    else if ('error' in asked) throw asked.error;
    else return { client, outcome: asked.outcome };
  }
}

/** What is known and still good; an RPT that has expired, or that a resource has refused, is forgotten. */
function usable(memory: RptMemory, key: string, nowMs: number, challenged: Challenged | undefined) {
  const entry = memory.get(key);
  if (entry?.state !== 'granted') return entry;
  if (nowMs < entry.expiresAtMs && entry.rpt !== challenged?.refused) return entry;
  memory.remove(key);
  return undefined;
}

function knownTicket(challenged: Challenged | undefined, entry: Waiting | undefined): KnownTicket | undefined {
  if (challenged) return { ticket: challenged.ticket, kept: false };
  return entry?.ticket === undefined ? undefined : { ticket: entry.ticket, kept: true };
}

function answerOrThrow(error: unknown): NotAllowed {
  const answer = answerOfError(error);
  if (!answer) throw error;
  return answer;
}

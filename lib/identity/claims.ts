import type { Claim, DeviceClient, DeviceRole } from '../servers/authorization-server.ts';
import { DeviceError } from './device-error.ts';

/** What a person needs to say whose a device is (RFC 8628 3.2). */
export type ClaimCode = Omit<Claim, 'deviceCode' | 'intervalMs'>;

export type ClaimOutcome = 'claimed' | 'denied' | 'expired';

/** How the waiting goes: the server wants to be asked less often (RFC 8628 3.5), or does not answer. */
export type ClaimWait = 'waiting' | 'slow-down' | 'away';

export interface ClaimOffer {
  code: ClaimCode;
  /** What the server said when it was asked last. */
  wait(): ClaimWait;
  /** Rejects where the device may not act any more, and when the gateway closes. */
  outcome: Promise<ClaimOutcome>;
}

/** Devices that ask who their owner is: one code for each at a time, however many want to show it. */
export interface Claims {
  /** @throws what the device's client and the server role throw */
  claim(key: string): Promise<ClaimOffer>;
  close(): Promise<void>;
}

export interface ClaimsPorts {
  devices: Pick<DeviceRole, 'startClaim' | 'pollClaim'>;
  client(key: string): Promise<DeviceClient>;
  nowMs(): number;
  /** Rejects once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

/** RFC 8628 3.5. */
const SLOWER_BY_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

export function createClaims(ports: ClaimsPorts): Claims {
  const closing = new AbortController();
  const offers = new Map<string, Promise<ClaimOffer>>();
  const underWay = new Set<Promise<unknown>>();

  async function begin(key: string): Promise<ClaimOffer> {
    const { deviceCode, intervalMs, ...code } = await ports.devices.startClaim(await ports.client(key));
    const claim = { ...code, deviceCode, intervalMs };
    let wait: ClaimWait = 'waiting';
    const heard = (said: ClaimWait): void => {
      wait = said;
    };
    const outcome = waitForOwner(ports, { key, claim, heard }, closing.signal).finally(() => offers.delete(key));
    // Whoever asked may have gone by the time it fails.
    const ended = outcome.catch(() => {}).finally(() => underWay.delete(ended));
    underWay.add(ended);
    return { code, outcome, wait: () => wait };
  }

  return {
    claim(key) {
      const known = offers.get(key);
      if (known !== undefined) return known;
      const offer = begin(key);
      offers.set(key, offer);
      offer.catch(() => offers.delete(key));
      return offer;
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

interface Waiting {
  key: string;
  claim: Claim;
  heard(said: ClaimWait): void;
}

/** Asks no faster than it may, and less often each time it is told to or the server is away (RFC 8628 3.5). */
async function waitForOwner(
  { devices, client, nowMs, sleep }: ClaimsPorts,
  { key, claim, heard }: Waiting,
  closing: AbortSignal,
): Promise<ClaimOutcome> {
  let pauseMs = claim.intervalMs;
  for (;;) {
    await sleep(pauseMs, closing).catch(() => {
      throw new DeviceError('registry_closed', key);
    });
    const said = await poll({ devices, client }, key, claim.deviceCode).catch(passOver);
    if (said === 'claimed' || said === 'denied' || said === 'expired') return said;
    if (nowMs() >= claim.expiresAtMs) return 'expired';
    heard(said);
    if (said === 'slow-down') pauseMs += SLOWER_BY_MS;
    if (said === 'away') pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

/** A key that gave way to another meanwhile could not ask; the next time it is the other one's turn. */
async function poll({ devices, client }: Pick<ClaimsPorts, 'devices' | 'client'>, key: string, deviceCode: string) {
  const asking = await client(key);
  try {
    return await devices.pollClaim(asking, deviceCode);
  } catch (error) {
    if ((await client(key)).privateKey === asking.privateKey) throw error;
    return 'waiting';
  }
}

/** A server that does not answer may answer the next time. */
function passOver(error: unknown): 'away' {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'unreachable') return 'away';
  throw error;
}

import type { Text } from '../sharing/text.ts';
import type { Bell } from './bell.ts';
import type { PendingCode } from './connection-state.ts';
import type { OwnerLink } from './errors.ts';
import type { OwnerCodes } from './owner-codes.ts';
import { createBackoff, type Sleep } from './waiting.ts';

/** How far a gateway is on its way to an owner. */
export type JoinStep =
  | { phase: 'starting' }
  /** The server has no owner yet; making one may take this code along, which lets the gateway in at once. */
  | { phase: 'no-owner'; userCode: string; verificationUri: string }
  | { phase: 'waiting-for-owner'; userCode: string; verificationUri: string }
  /** `code`: flows may not share until an owner approves it. */
  | { phase: 'ready'; code?: Omit<OwnerLink, 'fingerprint'> }
  | { phase: 'unreachable'; error: Text }
  | { phase: 'failed'; error: Text };

export interface JoinPorts {
  /** Finds the server, and checks that it is the one that was seen first. */
  connect(signal: AbortSignal): Promise<void>;
  /** Registers this gateway, if it is not, and stores that. */
  register(signal: AbortSignal): Promise<void>;
  /** Whether the server lets this gateway protect resources now. Where it has forgotten the gateway, that is registered anew. */
  protect(signal: AbortSignal): Promise<'allowed' | 'not-approved'>;
  /** Whether the server has any owner; undefined where it does not say. */
  hasOwner(signal: AbortSignal): Promise<boolean | undefined>;
  codes: OwnerCodes;
  /** Whether an owner's authority, promised with a registration token, is still to be fetched. */
  promised(): boolean;
  sleep: Sleep;
  random?(): number;
  log(line: string): void;
}

/** The steps of one way in, in their order. */
export interface JoinWalk {
  /** Resolves when this gateway may protect resources. */
  in(signal: AbortSignal): Promise<void>;
  /** Once in: waits for an owner's answer to a code, if one was asked for, or for the bell. */
  listenForOwner(bell: Bell, signal: AbortSignal): Promise<void>;
}

/** After a "no", and after a code that nobody answered, a new one comes, each time later. */
const FIRST_NEW_CODE_MS = 5_000;
const LONGEST_NEW_CODE_MS = 600_000;

export function createJoinWalk(ports: JoinPorts, say: (step: JoinStep) => void): JoinWalk {
  const { codes, sleep, hasOwner } = ports;
  const patience = createBackoff({ firstMs: FIRST_NEW_CODE_MS, mostMs: LONGEST_NEW_CODE_MS, ...ports });

  async function show({ userCode, verificationUri }: PendingCode, signal: AbortSignal): Promise<void> {
    const phase = (await hasOwner(signal)) === false ? 'no-owner' : 'waiting-for-owner';
    say({ phase, userCode, verificationUri });
  }

  async function pause(why: 'denied' | 'expired' | 'withheld', signal: AbortSignal): Promise<void> {
    say({ phase: 'failed', error: { key: `hint.join_${why}` } });
    await sleep(patience.nextMs(), signal);
  }

  async function approval(signal: AbortSignal): Promise<void> {
    for (let shown: string | undefined; ; ) {
      const code = await codes.ask(signal);
      const isNew = code.userCode !== shown;
      if (isNew) await show(code, signal);
      shown = code.userCode;
      const answer = await codes.poll(signal);
      if (answer === 'approved') return;
      if (answer === 'waiting') {
        // After the poll: whoever was made the owner with this code must not be told to approve it once more.
        if (!isNew) await show(code, signal);
        await sleep(codes.pending()?.intervalMs ?? code.intervalMs, signal);
      } else await pause(answer, signal);
    }
  }

  return {
    async in(signal) {
      await ports.connect(signal);
      await ports.register(signal);
      for (let asked = false; (await ports.protect(signal)) === 'not-approved'; asked = true) {
        if (asked) await pause('withheld', signal);
        await approval(signal);
      }
      patience.reset();
    },
    async listenForOwner(bell, signal) {
      const code = ports.promised() ? await codes.ask(signal) : codes.pending();
      if (code === undefined) {
        say({ phase: 'ready' });
        return bell.rung(signal);
      }
      if ((await codes.poll(signal)) !== 'waiting') return;
      // After the poll: a code that was approved meanwhile needs nobody.
      say({ phase: 'ready', code: { userCode: code.userCode, verificationUri: code.verificationUri } });
      await nap(ports, bell, codes.pending()?.intervalMs, signal);
    },
  };
}

/** Until the time is over or the bell rings; the other of the two is let go. */
async function nap({ sleep }: JoinPorts, bell: Bell, ms = 0, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([sleep(ms, over.signal), bell.rung(over.signal)]);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

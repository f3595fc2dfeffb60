import { makeDpopProof } from '../proof/dpop-proof.ts';
import type { StreamEvent } from '../transport/event-stream-parser.ts';
import { TransportError } from '../transport/transport-error.ts';
import { type Acknowledging, createAcknowledging } from './acknowledging.ts';
import type { ServerChange } from './authorization-server.ts';
import { codeOf } from './errors.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';
import { readServerChange } from './server-change.ts';
import { createBackoff, type Sleep } from './waiting.ts';

export interface FollowParts {
  link: Link;
  protection: Protection;
  /** Resolves when this gateway is in; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>;
  sleep: Sleep;
  random?(): number;
  log(line: string): void;
  /** The next change waits for this one. What it throws breaks the stream, and the change comes again. */
  onChange(change: ServerChange): Promise<void>;
  /** The server has said that there is nothing new. */
  onAlive(): void;
}

const EPOCH = 'event-epoch';
/** Three heartbeats. */
const SILENCE_MS = 15_000;
const FIRST_RETRY_MS = 250;
/** Until the stream is back nothing counts as fresh, and a critical resource refuses after 30 s. */
const LONGEST_RETRY_MS = 5_000;

/** Follows the built-in server's `GET /events` until the signal is aborted, and resolves when all is let go. */
export async function followEvents(parts: FollowParts, signal: AbortSignal): Promise<void> {
  const { link, protection, ready, sleep, log } = parts;
  const pauses = createBackoff({ firstMs: FIRST_RETRY_MS, mostMs: LONGEST_RETRY_MS, ...parts });
  const acknowledging = createAcknowledging(link, protection, signal);
  let nonce: string | undefined;
  let wasAsked = false;
  let complaint: string | undefined;
  const opened = () => {
    pauses.reset();
    complaint = undefined;
  };
  while (!signal.aborted) {
    try {
      await ready(signal);
      const token = await protection.token(signal);
      const asked = await followOnce({ ...parts, acknowledging, opened }, token, nonce, signal);
      // A nonce that was asked for is brought at once, but only once (RFC 9449 9). One from before the server was started
      // anew is asked for again: it must not cost the pause.
      const isNew: boolean = asked !== undefined && !wasAsked;
      wasAsked = isNew;
      nonce = asked;
      if (isNew) continue;
    } catch (error) {
      wasAsked = false;
      const why = codeOf(error);
      if (!signal.aborted && complaint !== why) log(`changes at the server are not heard: ${why}`);
      complaint = why;
    }
    await sleep(pauses.nextMs(), signal).catch(() => {});
  }
  await acknowledging.idle();
}

interface Following extends FollowParts {
  acknowledging: Acknowledging;
  opened(): void;
}

/** @returns the nonce for the next time, where the server asked for one (RFC 9449 9) */
async function followOnce(
  following: Following,
  token: string,
  nonce: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { link, protection, opened, onAlive } = following;
  const url = link.url('/events');
  const proof = makeDpopProof({
    key: link.key,
    method: 'GET',
    url: url.href,
    accessToken: token,
    ...(nonce !== undefined && { nonce }),
  });
  const { lastEvent = 0, epoch } = link.state.connection();
  const headers = {
    authorization: `DPoP ${token}`,
    dpop: proof,
    'last-event-id': String(lastEvent),
    ...(epoch !== undefined && { [EPOCH]: epoch }),
  };
  const stream: { epoch?: string | undefined } = {};
  try {
    await link.transport.eventStream(url, headers, {
      signal,
      idleMs: SILENCE_MS,
      onOpen(answered) {
        stream.epoch = answered[EPOCH];
        opened();
      },
      onComment() {
        onAlive();
        noteEpoch(following, stream.epoch);
      },
      onEvent: (event: StreamEvent) => take(following, event, stream.epoch),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof TransportError) || error.status !== 401) throw error;
    if (/use_dpop_nonce/.test(error.headers?.['www-authenticate'] ?? '')) return error.headers?.['dpop-nonce'];
    protection.drop(token);
    throw error;
  }
}

/** What was heard before belongs to the server's present epoch too, since it told of no gap. */
function noteEpoch({ link }: Following, epoch: string | undefined): void {
  if (epoch === undefined || link.state.connection().epoch === epoch) return;
  // Where it cannot be kept, the next sign of life tries again.
  link.state.update({ connection: { epoch } }).catch(() => {});
}

async function take(following: Following, { id, data }: StreamEvent, epoch: string | undefined): Promise<void> {
  const { link, acknowledging, onChange, log } = following;
  const change = readServerChange(id, data);
  if (change === undefined) return log(`a change that this version does not understand was passed over (${id})`);
  // A server put back from a backup counts on from an earlier number.
  if (change.type === 'gap' || change.number > (link.state.connection().lastEvent ?? 0)) {
    await onChange(change);
    await link.state.update({ connection: { lastEvent: change.number, epoch } });
  }
  if (change.type === 'gap') acknowledging.from(change.number);
  else acknowledging.upTo(change.number);
}

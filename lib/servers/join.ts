import { UnreachableError } from '../uma/errors.ts';
import { unlessAborted } from '../uma/unless-aborted.ts';
import { createBell } from './bell.ts';
import { hintOf } from './errors.ts';
import { createJoinWalk, type JoinPorts, type JoinStep } from './join-walk.ts';
import { createBackoff } from './waiting.ts';

/** The way in: walked again from its start whenever it breaks, every step stored before the next. */
export interface Join {
  step(): JoinStep;
  watch(listener: (step: JoinStep) => void): () => void;
  /** Begins, once. */
  start(): void;
  /** The server refused this gateway: look where it stands. */
  lost(): void;
  /** Somebody asked for a code: listen for the owner's answer. */
  codeAsked(): void;
  /** Resolves when the gateway is in; rejects with the signal's reason. */
  ready(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

export function createJoin(ports: JoinPorts): Join {
  const closing = new AbortController();
  const { signal } = closing;
  const listeners = new Set<(step: JoinStep) => void>();
  const bell = createBell();
  let step: JoinStep = { phase: 'starting' };
  let accepted = false;
  let running: Promise<void> | undefined;

  function say(next: JoinStep): void {
    if (JSON.stringify(next) === JSON.stringify(step)) return;
    if ('error' in next) ports.log(`not connected: ${next.error.key}`);
    step = next;
    for (const listener of [...listeners]) listener(next);
  }

  function watch(listener: (step: JoinStep) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  const walk = createJoinWalk(ports, say);

  async function stayIn(): Promise<void> {
    accepted = true;
    say({ phase: 'ready' });
    while (accepted) await walk.listenForOwner(bell, signal);
  }

  async function run(): Promise<void> {
    const pauses = createBackoff({ firstMs: FIRST_RETRY_MS, mostMs: LONGEST_RETRY_MS, ...ports });
    while (!signal.aborted) {
      try {
        await walk.in(signal);
        pauses.reset();
        await stayIn();
      } catch (error) {
        if (signal.aborted) return;
        say(stepOf(error));
        await ports.sleep(pauses.nextMs(), signal).catch(() => {});
      }
    }
  }

  return {
    step: () => step,
    watch,
    start() {
      running ??= run();
    },
    lost() {
      accepted = false;
      bell.ring();
    },
    codeAsked: bell.ring,
    ready: (asker) => untilReady({ step: () => step, watch }, asker),
    async close() {
      closing.abort(new DOMException('The connection is closed', 'AbortError'));
      listeners.clear();
      await running;
    },
  };
}

function stepOf(error: unknown): JoinStep {
  const phase = error instanceof UnreachableError ? 'unreachable' : 'failed';
  return { phase, error: hintOf(error) };
}

function untilReady(join: Pick<Join, 'step' | 'watch'>, signal: AbortSignal): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    const stop = join.watch(look);
    signal.addEventListener('abort', stop, { once: true });
    function look(): void {
      if (join.step().phase !== 'ready') return;
      stop();
      signal.removeEventListener('abort', stop);
      resolve();
    }
    look();
  });
  return unlessAborted(signal, ready);
}

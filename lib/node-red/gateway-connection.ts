/** What a server config node holds for the nodes that name it: a gateway that opens in its own time. */
import type { Gateway, GatewaySettings, Standing } from '../gateway/gateway.ts';
import type { GatewayHandle } from '../gateway/open-gateway.ts';
import { FlowError, hintOf } from './flow-error.ts';

/** Opens a gateway or joins the one that runs; `gateway/open-gateway.ts` in earnest, a fake in tests. */
export type OpenGateway = (settings: GatewaySettings) => GatewayHandle;

export interface GatewayConnection {
  readonly settings: GatewaySettings;
  /** The gateway, once it is open. */
  gateway(): Gateway | undefined;
  /** Waits for the gateway. Rejects with what kept it from opening, or with FlowError `not_ready` when it takes too long. */
  opened(withinMs: number): Promise<Gateway>;
  standing(): Standing;
  /** Tells at once how things stand, and again whenever that changes. */
  watch(listener: (standing: Standing) => void): () => void;
  /** Holds something of the gateway from when it is open until it is let go. */
  hold(take: (gateway: Gateway) => () => void): () => void;
  release(): void;
}

/** Waits for a promise, but not longer; the timer never outlives the answer. */
function within<T>(wanted: Promise<T>, withinMs: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), withinMs);
    wanted.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Opens at once; nothing here throws: what goes wrong is a standing. */
export function connect(open: OpenGateway, settings: GatewaySettings): GatewayConnection {
  const handle = open(settings);
  const listeners = new Set<(standing: Standing) => void>();
  let gateway: Gateway | undefined;
  let standing: Standing = { phase: 'starting' };
  let released = false;
  let unwatch = (): void => {};
  const become = (next: Standing): void => {
    standing = next;
    for (const listener of [...listeners]) listener(next);
  };
  handle.gateway.then(
    (opened) => {
      if (released) return;
      gateway = opened;
      unwatch = opened.watchStanding(become);
      become(opened.standing());
    },
    (error: unknown) => {
      if (!released) become({ phase: 'failed', error: hintOf(error) });
    },
  );
  return {
    settings,
    gateway: () => gateway,
    opened: (withinMs) => (gateway ? Promise.resolve(gateway) : within(handle.gateway, withinMs, notReady)),
    standing: () => standing,
    watch: (listener) => {
      listeners.add(listener);
      listener(standing);
      return () => listeners.delete(listener);
    },
    hold: (take) => holdWhenOpen(handle.gateway, take),
    release: () => {
      if (released) return;
      released = true;
      unwatch();
      become({ phase: 'closed' });
      listeners.clear();
      handle.release();
    },
  };
}

function notReady(): FlowError {
  return new FlowError('not_ready');
}

function holdWhenOpen(opening: Promise<Gateway>, take: (gateway: Gateway) => () => void): () => void {
  let letGo: (() => void) | undefined;
  let wanted = true;
  opening.then(
    (gateway) => {
      if (wanted) letGo = take(gateway);
    },
    // The server's node tells why it could not open; there is nothing to hold.
    () => {},
  );
  return () => {
    wanted = false;
    letGo?.();
    letGo = undefined;
  };
}

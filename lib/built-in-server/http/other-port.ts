/** Somebody else's port, where a server may answer below its own address: Node-RED's, for flows. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createUnderWay } from './under-way.ts';

type Handle = (message: IncomingMessage, response: ServerResponse) => void;

export interface OtherPort {
  /**
   * From now on `handle` gets every message for the server, and nobody else does: unread, and its target as the server's
   * address has it, whatever path that is below there. @returns takes it away again
   */
  mount(handle: Handle): () => void;
}

/** Whoever listens there may have no such bounds: these are as on a port of our own. */
const ownBounds = { mostAtOnce: 500, requestTimeoutMs: 30_000, lingerMs: 500 };

/**
 * Answers there until it is closed. What is under way then has a moment to end, as on a port of our own.
 */
export function answerOn(port: OtherPort, handle: Handle, bounds = ownBounds): { close(): Promise<void> } {
  const { mostAtOnce, requestTimeoutMs, lingerMs } = bounds;
  const underWay = new Map<ServerResponse, IncomingMessage>();
  const takeUp = createUnderWay();
  let empty = (): void => {};
  const unmount = port.mount((message, response) => {
    const late = setTimeout(() => message.complete || message.destroy(), requestTimeoutMs);
    const over = (): void => {
      clearTimeout(late);
      underWay.delete(response);
      if (underWay.size === 0) empty();
    };
    if (!takeUp(message, response, over)) return clearTimeout(late);
    if (underWay.size >= mostAtOnce && !endSlowest(underWay))
      return void response.writeHead(503, { connection: 'close' }).end();
    underWay.set(response, message);
    handle(message, response);
  });
  return {
    close: async () => {
      unmount();
      if (underWay.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lingerMs);
        empty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      for (const response of underWay.keys()) response.destroy();
    },
  };
}

/**
 * Whoever sends many bodies and ends none, or reads no answer, would keep everybody else out: of those who are waited for
 * the one goes that came first. @returns false where nobody is
 */
function endSlowest(underWay: Map<ServerResponse, IncomingMessage>): boolean {
  for (const [response, message] of underWay) {
    if (message.complete && !response.writableEnded) continue;
    message.socket.destroy();
    return underWay.delete(response);
  }
  return false;
}

/** Somebody else's port, where a server may answer below its own address: Node-RED's, for flows. */
import type { IncomingMessage, ServerResponse } from 'node:http';

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
  let empty = (): void => {};
  const unmount = port.mount((message, response) => {
    if (underWay.size >= mostAtOnce && !endSlowest(underWay))
      return void response.writeHead(503, { connection: 'close' }).end();
    underWay.set(response, message);
    const late = setTimeout(() => message.complete || message.destroy(), requestTimeoutMs);
    response.once('close', () => {
      clearTimeout(late);
      underWay.delete(response);
      if (underWay.size === 0) empty();
    });
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
 * Whoever sends many bodies and ends none would keep everybody else out: the one goes whose body has been on its way
 * longest. @returns false where all are there
 */
function endSlowest(underWay: Map<ServerResponse, IncomingMessage>): boolean {
  for (const [response, message] of underWay) {
    if (message.complete) continue;
    message.destroy();
    return underWay.delete(response);
  }
  return false;
}

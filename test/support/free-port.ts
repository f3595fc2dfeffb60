import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (RFC 6335 6: from 49152; Linux: from 32768), of which there are many at any moment. */
const FIRST = 20_000;
const BEYOND = 32_000;

const given = new Set<number>();

/** A port that nothing listened on a moment ago, that no outgoing connection takes meanwhile, and that nobody here was given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, BEYOND);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    // All addresses: a port that is taken on one of them is not free.
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

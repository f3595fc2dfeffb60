import { createServer } from 'node:net';

/** What keeps this port of 127.0.0.1 from being listened on, in the words that follow "is"; undefined where nothing does. */
export function portTrouble(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRINUSE' ? 'in use' : `not to be had (${code})`),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}

/** The real built-in server, on a free port of 127.0.0.1, in a directory of its own that ends with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BuiltInServerOptions,
  type RunningServer,
  startBuiltInServer,
} from '../../../lib/built-in-server/start.ts';

export const ownerName = 'alice';
export const ownerPassword = 'correct horse battery';

export interface ServerPlace {
  dir: string;
  /** Everything the server logged. */
  lines: string[];
  start(options?: Partial<BuiltInServerOptions>): Promise<RunningServer>;
  /** Closes what was started here; the directory stays. */
  stop(): Promise<void>;
  /** Closes what was started here, too. */
  remove(): Promise<void>;
}

export async function serverPlace(): Promise<ServerPlace> {
  const dir = await mkdtemp(join(tmpdir(), 'uma-server-'));
  const lines: string[] = [];
  const started: RunningServer[] = [];
  return {
    dir,
    lines,
    async start(options = {}) {
      const server = await startBuiltInServer({
        dir: join(dir, 'server'),
        keyDir: dir,
        port: 0,
        owner: { name: ownerName, password: ownerPassword },
        rateLimits: false,
        log: (line) => lines.push(line),
        ...options,
      });
      started.push(server);
      return server;
    },
    async stop() {
      for (const server of started) await server.close();
    },
    async remove() {
      for (const server of started) await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

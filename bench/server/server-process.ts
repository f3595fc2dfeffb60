/** The built-in server as a process of its own, as `npm run server` starts it, without rate limits. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { owner } from '../load/owner.ts';
import { memoryOf, type ProcessMemory } from '../process-memory.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'server.js');

export interface ServerProcess {
  issuer: string;
  memory(): ProcessMemory;
  /** Ends it and waits for that. */
  stop(): Promise<void>;
}

/** @param dir - what an earlier one kept is there again */
export async function startServer(dir: string): Promise<ServerProcess> {
  const args = [program, '--port', '0', '--dir', dir, '--rate-limits', 'off'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('the server ended before it answered'))),
  ]);
  const issuer = /http:\S+/.exec(String(line))?.[0];
  if (!issuer) throw new Error(`the server says ${line}`);
  return {
    issuer,
    memory: () => memoryOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

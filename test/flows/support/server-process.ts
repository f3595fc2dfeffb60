/** The built-in server as a process of its own, to be stopped, hung and killed apart from Node-RED. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../support/free-port.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'dist', 'bin', 'server.js');

export interface ServerProcess {
  issuer: string;
  /** Where its data is. */
  dir: string;
  pid(): number;
  /** Everything it printed, over all its starts. */
  lines: string[];
  /** Hangs, as a computer that has no memory left: it takes connections and says nothing. */
  hang(): void;
  goOn(): void;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again where it was, with more in its environment if wanted. */
  start(env?: Record<string, string>): Promise<void>;
  /** Ends it and forgets everything. */
  remove(): Promise<void>;
}

async function listening(child: ChildProcess, lines: string[]): Promise<void> {
  const heard = new Promise<void>((resolve, reject) => {
    const hear = (line: string): void => {
      lines.push(line);
      if (/answers at/.test(line)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', hear);
    child.once('close', () => reject(new Error(`The server ended:\n${lines.join('\n')}`)));
  });
  return heard;
}

export async function serverProcess(owner: { name: string; password: string }): Promise<ServerProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'uma-server-'));
  const port = await freePort();
  const lines: string[] = [];
  let child: ChildProcess;
  async function start(env: Record<string, string> = {}): Promise<void> {
    child = spawn(process.execPath, [program, '--port', String(port), '--dir', dir, '--rate-limits', 'off'], {
      env: { ...process.env, UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await listening(child, lines);
  }
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  await start();
  return {
    issuer: `http://127.0.0.1:${port}`,
    dir,
    pid: () => child.pid ?? 0,
    lines,
    hang: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    kill,
    start,
    async remove() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

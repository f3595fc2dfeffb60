/** The demo as a user starts it: `node dist/demo/start.js`, in a folder and on ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const start = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'demo', 'start.js');

export interface DemoPlace {
  dir: string;
  port: number;
  serverPort: number;
  remove(): void;
}

export interface RunningDemo {
  url: string;
  issuer: string;
  password: string;
  /** Everything printed so far. */
  output(): string;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export async function demoPlace(): Promise<DemoPlace> {
  const dir = mkdtempSync(join(tmpdir(), 'uma-demo-'));
  return {
    dir,
    port: await freePort(),
    serverPort: await freePort(),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Spawns `npm start`'s program; the caller waits for what it wants to see. */
export function spawnDemo(
  place: DemoPlace,
  args: string[] = [],
  env: Record<string, string> = {},
): { child: ChildProcess; output(): string; printed(pattern: RegExp): Promise<void> } {
  const child = spawn(process.execPath, [start, ...args], {
    env: {
      ...process.env,
      PORT: String(place.port),
      UMA_PORT: String(place.serverPort),
      UMA_DEMO_DIR: place.dir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const looks = new Set<() => void>();
  const hear = (line: string): void => {
    lines.push(line);
    for (const look of [...looks]) look();
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hear);
  const output = (): string => lines.join('\n');
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(output())) return;
        looks.delete(look);
        resolve();
      };
      child.once('close', () => reject(new Error(`The demo ended before it printed ${pattern}:\n${output()}`)));
      looks.add(look);
      look();
    });
  return { child, output, printed };
}

/** Starts the demo and resolves when its story has been told. */
export async function startDemo(place: DemoPlace, args: string[] = []): Promise<RunningDemo> {
  const { child, output, printed } = spawnDemo(place, args);
  await printed(/Stop\s+Ctrl-C/);
  return {
    url: `http://127.0.0.1:${place.port}`,
    issuer: `http://127.0.0.1:${place.serverPort}`,
    password: readFileSync(join(place.dir, 'owner-password'), 'utf8').trim(),
    output,
    stop: async () => {
      if (child.exitCode === null) {
        const closed = once(child, 'close');
        child.kill('SIGINT');
        await closed;
      }
      return child.exitCode;
    },
  };
}

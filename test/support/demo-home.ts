/** The demo as a user starts it: `node dist/demo/start.js`, in a folder and on ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  /** Instead of this package's own. */
  program?: string;
  remove(): void;
}

export interface RunningDemo {
  url: string;
  issuer: string;
  password: string;
  /** The demo's own process, and that of its Node-RED. */
  pid: number;
  nodeRedPid: number;
  /** Everything printed so far. */
  output(): string;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
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

export interface SpawnedDemo {
  child: ChildProcess;
  output(): string;
  printed(pattern: RegExp): Promise<void>;
  /** Sends a signal, unless it has ended, and resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the exit code when it ends by itself. */
  ended(): Promise<number | null>;
}

function collect(child: ChildProcess): Pick<SpawnedDemo, 'output' | 'printed'> {
  const lines: string[] = [];
  const looks = new Set<() => void>();
  const hear = (line: string): void => {
    lines.push(line);
    for (const look of [...looks]) look();
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', hear);
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
  return { output, printed };
}

/** Spawns `npm start`'s program; the caller waits for what it wants to see. */
export function spawnDemo(place: DemoPlace, args: string[] = [], env: Record<string, string> = {}): SpawnedDemo {
  const child = spawn(process.execPath, [place.program ?? start, ...args], {
    env: {
      ...process.env,
      PORT: String(place.port),
      UMA_PORT: String(place.serverPort),
      UMA_DEMO_DIR: place.dir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const ended = async (): Promise<number | null> => {
    await closed;
    return child.exitCode;
  };
  return {
    child,
    ...collect(child),
    ended,
    end: (signal) => {
      child.kill(signal);
      return ended();
    },
  };
}

/** The process that holds the gateway's store. */
export function holderOf({ dir }: Pick<DemoPlace, 'dir'>): number {
  return (JSON.parse(readFileSync(join(dir, 'uma', 'gateway', 'lock'), 'utf8')) as { pid: number }).pid;
}

function passwordIn(dir: string): string {
  const file = join(dir, 'owner-password');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/** Starts the demo and resolves when its story has been told. */
export async function startDemo(
  place: DemoPlace,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<RunningDemo> {
  const { child, output, printed, end } = spawnDemo(place, args, env);
  await printed(/Stop\s+Ctrl-C/);
  return {
    url: `http://127.0.0.1:${place.port}`,
    issuer: `http://127.0.0.1:${place.serverPort}`,
    password: env.UMA_OWNER_PASSWORD ?? passwordIn(place.dir),
    pid: child.pid ?? 0,
    nodeRedPid: holderOf(place),
    output,
    stop: () => end('SIGINT'),
    kill: async () => void (await end('SIGKILL')),
  };
}

/** A real Node-RED as a process of its own, over a userDir: started, listened to, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NodeRedOptions {
  userDir: string;
  /** 0 is not possible: Node-RED does not tell which port it got. */
  port: number;
  env?: Record<string, string>;
  /** Every line that Node-RED prints, in order. */
  onLine?(line: string): void;
  /** Aborted: asks for a clean end, also before the flows run. */
  signal?: AbortSignal;
  /** Runs this Node-RED instead of the installed one: its `red.js`, and the Node to run it. */
  program?: { node: string; redJs: string };
}

export interface NodeRedProcess {
  url: string;
  pid: number;
  child: ChildProcess;
  /** Resolves with the first line, printed since the start, that matches. */
  line(pattern: RegExp): Promise<string>;
  /** Asks for a clean end (SIGTERM) and waits for it. */
  stop(): Promise<void>;
  /** Ends it as a power cut would (SIGKILL) and waits for it. */
  kill(): Promise<void>;
  /** Resolves when the process has ended, however that came about. */
  ended: Promise<number | null>;
}

const packageName = '@uma-home/node-red-uma';

/** The settings of a Node-RED that calls nobody and shows no tour. */
export function settingsFile(port: number): string {
  return `process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));\nmodule.exports = ${JSON.stringify(
    {
      uiHost: '127.0.0.1',
      uiPort: port,
      flowFile: 'flows.json',
      flowFilePretty: true,
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false, palette: { catalogues: [] } },
      externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
      logging: { console: { level: 'info', metrics: false, audit: false } },
    },
    null,
    2,
  )};\n`;
}

/** A link that leads nowhere or elsewhere is from a checkout that was moved. */
function linkPackage(link: string, packageDir: string): void {
  if (existsSync(link) && realpathSync(link) === realpathSync(packageDir)) return;
  rmSync(link, { force: true, recursive: true });
  symlinkSync(packageDir, link, 'junction');
}

/** Lays out a userDir that loads this package from `packageDir`; its settings are written anew. */
export function prepareUserDir(userDir: string, packageDir: string, port: number): void {
  mkdirSync(join(userDir, 'node_modules', dirname(packageName)), { recursive: true });
  linkPackage(join(userDir, 'node_modules', packageName), packageDir);
  // Else a folder inside this package would inherit its "type": "module", and settings.js would not load.
  const manifest = join(userDir, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  writeFileSync(join(userDir, 'settings.js'), settingsFile(port));
}

function installedNodeRed(): { node: string; redJs: string } {
  const redJs = join(dirname(createRequire(import.meta.url).resolve('node-red/package.json')), 'red.js');
  return { node: process.execPath, redJs };
}

/** Keeps what was printed, so that a line can be waited for after it came. */
function lineLog(child: ChildProcess, onLine: (line: string) => void) {
  const lines: string[] = [];
  const waiting = new Set<(line: string | undefined) => void>();
  const take = (line: string): void => {
    lines.push(line);
    onLine(line);
    for (const waiter of [...waiting]) waiter(line);
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', take);
  child.once('close', () => {
    for (const waiter of [...waiting]) waiter(undefined);
  });
  return (pattern: RegExp): Promise<string> => {
    const found = lines.find((line) => pattern.test(line));
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const waiter = (line: string | undefined): void => {
        if (line !== undefined && !pattern.test(line)) return;
        waiting.delete(waiter);
        if (line === undefined)
          reject(new Error(`Node-RED ended before it printed ${pattern}:\n${lines.slice(-15).join('\n')}`));
        else resolve(line);
      };
      waiting.add(waiter);
    });
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}

/**
 * Starts Node-RED and resolves when its flows run.
 * Rejects with what it printed last when it ends before that (a port in use, a userDir that cannot be written).
 */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRedProcess> {
  const { node, redJs } = options.program ?? installedNodeRed();
  const child = spawn(node, [redJs, '--userDir', options.userDir, '--settings', join(options.userDir, 'settings.js')], {
    cwd: options.userDir,
    env: { ...process.env, ...options.env },
    // The fourth: a line that breaks when this process dies, so that no Node-RED is left behind (see settingsFile).
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  const line = lineLog(child, options.onLine ?? (() => {}));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await line(/Started flows/);
  return {
    url: `http://127.0.0.1:${options.port}`,
    pid: child.pid ?? 0,
    child,
    line,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
    ended,
  };
}

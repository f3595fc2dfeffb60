/** A real Node-RED as a process of its own: bare, with our nodes, or with our nodes and the server at work. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeRedProcess, prepareUserDir, startNodeRed } from '../../demo/node-red-process.ts';
import { freePort } from '../free-port.ts';
import { owner } from '../load/owner.ts';

const packageDir = join(import.meta.dirname, '..', '..', '..');

export type FlowNode = Record<string, unknown> & { id: string };

export interface NodeRedHome {
  url: string;
  issuer: string;
  userDir: string;
  /** Resolves when its flows run, with the seconds that took. */
  start(): Promise<number>;
  process(): NodeRedProcess;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export interface HomeOptions {
  /** `bare`: this package is not there. */
  kind: 'bare' | 'nodes' | 'server';
  flow: (serverPort: number) => FlowNode[];
  /** Added to Node-RED's settings file. */
  settings?: string;
  nodeOptions?: string;
}

export async function nodeRedHome(options: HomeOptions): Promise<NodeRedHome> {
  const userDir = mkdtempSync(join(tmpdir(), `uma-bench-${options.kind}-`));
  const [port, serverPort] = [await freePort(), await freePort()];
  prepareUserDir(userDir, packageDir, port);
  if (options.kind === 'bare') rmSync(join(userDir, 'node_modules'), { recursive: true });
  if (options.settings) writeFileSync(join(userDir, 'settings.js'), options.settings, { flag: 'a' });
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(options.flow(serverPort)));
  const env = {
    ...{ UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password },
    ...(options.nodeOptions && { NODE_OPTIONS: options.nodeOptions }),
  };
  let running: NodeRedProcess | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    issuer: `http://127.0.0.1:${serverPort}`,
    userDir,
    async start() {
      const startedMs = performance.now();
      running = await startNodeRed({ userDir, port, env });
      return (performance.now() - startedMs) / 1000;
    },
    process() {
      if (!running) throw new Error('Node-RED was not started');
      return running;
    },
    stop: async () => await running?.stop(),
    async remove() {
      await running?.kill();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
}

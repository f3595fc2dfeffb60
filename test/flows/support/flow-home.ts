/** A real Node-RED with the test flow, let in by its owner: started, deployed to, killed, started again. */
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeRedProcess, prepareUserDir, startNodeRed } from '../../../demo/node-red-process.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from './eventually.ts';
import { installSentLog } from './sent-log.ts';
import { type FlowNode, type TestFlowOptions, testFlow } from './test-flow.ts';

const packageDir = join(import.meta.dirname, '..', '..', '..');

export const owner = { name: 'alice', password: 'correct horse battery' };

export interface Told {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever a flow answered
  body: any;
}

export type OwnerCall = (method: string, path: string, body?: object) => Promise<Told>;

export interface FlowHome {
  url: string;
  issuer: string;
  /** Where the owner's pages and the owner API are. */
  pages: string;
  userDir: string;
  flow: FlowNode[];
  nodeRed: NodeRedProcess;
  /** Everything Node-RED printed, over all its starts. */
  lines: string[];
  /** Knocks at one of the test flow's doors. */
  knock(door: string, body?: object): Promise<Told>;
  /** The owner signs in by the API. */
  owner(): Promise<OwnerCall>;
  resource(name: string): Promise<string>;
  /** Deploys and waits until what was stopped runs again. */
  deploy(type?: 'full' | 'flows' | 'nodes', flow?: FlowNode[]): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts Node-RED again, with more in its environment if wanted; resolves when its flows run. */
  start(env?: Record<string, string>): Promise<void>;
  /** Resolves when this Node-RED is in, by the owner's word where it asks. */
  ready(): Promise<void>;
  remove(): Promise<void>;
  /** Then nobody calls any more, whatever became of the test that let them. */
  isRemoved(): boolean;
}

export async function answered(response: Response): Promise<Told> {
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text };
  }
}

export async function signIn(issuer: string, who = owner): Promise<OwnerCall> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const response = await fetch(`${issuer}/api/session`, { method: 'POST', headers, body: JSON.stringify(who) });
  if (response.status !== 200) throw new Error(`not signed in: ${await response.text()}`);
  headers.cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  headers['x-csrf-token'] = ((await response.json()) as { csrfToken: string }).csrfToken;
  return async (method, path, body) => {
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return answered(await fetch(`${issuer}${path}`, init));
  };
}

export interface FlowHomeOptions extends Partial<TestFlowOptions> {
  /** Node-RED's root for flows, if the server is to be reached through Node-RED's own port; or its address elsewhere. */
  throughOwnPort?: string;
}

/** Lays out a home; nothing runs yet. */
export async function flowHome({ throughOwnPort, ...options }: FlowHomeOptions = {}): Promise<FlowHome> {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-flows-'));
  const port = await freePort();
  const own = options.server ?? { port: await freePort() };
  const pages = 'url' in own ? own.url : `http://127.0.0.1:${own.port}`;
  const url = `http://127.0.0.1:${port}`;
  const publicAddress = throughOwnPort === undefined ? undefined : new URL(throughOwnPort, url).href.replace(/\/$/, '');
  const server = publicAddress === undefined || 'url' in own ? own : { ...own, reach: 'own-port', publicAddress };
  const issuer = publicAddress === undefined ? pages : `${publicAddress}/uma`;
  const flow = testFlow({ ...options, server });
  prepareUserDir(userDir, packageDir, port);
  installSentLog(userDir);
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow));
  let running: NodeRedProcess | undefined;
  let removed = false;
  let session: Promise<OwnerCall> | undefined;
  const lines: string[] = [];
  const heard = new EventEmitter();

  const home = {
    url,
    issuer,
    pages,
    userDir,
    flow,
    lines,
    get nodeRed(): NodeRedProcess {
      return running ?? fail('Node-RED was not started');
    },
    async knock(door: string, body: object = {}): Promise<Told> {
      const headers = { 'content-type': 'application/json' };
      return answered(await fetch(url + door, { method: 'POST', headers, body: JSON.stringify(body) }));
    },
    owner(): Promise<OwnerCall> {
      session ??= signIn(pages);
      return session;
    },
    async resource(name: string): Promise<string> {
      let found: { id: string; name: string } | undefined;
      // It is on its way to the server from the moment Node-RED is connected.
      await eventually(`the owner should have the resource ${name}`, async () => {
        const { body } = await (await home.owner())('GET', '/api/resources');
        found = (body.items as { id: string; name: string }[]).find((one) => one.name === name);
        return found !== undefined;
      });
      return found?.id ?? fail(`no resource ${name}`);
    },
    async deploy(type: 'full' | 'flows' | 'nodes' = 'full', next: FlowNode[] = flow): Promise<void> {
      const headers = { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type };
      const begun = lines.length;
      const response = await fetch(`${url}/flows`, { method: 'POST', headers, body: JSON.stringify(next) });
      if (!response.ok) throw new Error(`the deploy was answered with ${response.status}`);
      // The answer comes before the new flows run.
      while (!lines.slice(begun).some((line) => /Started (modified )?(flows|nodes)/.test(line)))
        await once(heard, 'line');
    },
    async kill(): Promise<void> {
      await running?.kill();
    },
    async start(env: Record<string, string> = {}): Promise<void> {
      running = await startNodeRed({
        userDir,
        port,
        env: { UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password, ...env },
        onLine: (line) => {
          lines.push(line);
          heard.emit('line');
        },
      });
    },
    async ready(): Promise<void> {
      const line = await home.nodeRed.line(/let it in with the code|connected to its owner/);
      const [code] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(line) ?? [];
      if (code) await (await home.owner())('POST', `/api/codes/${code}/approve`, {});
      await home.nodeRed.line(/connected to its owner/);
    },
    isRemoved: () => removed,
    async remove(): Promise<void> {
      removed = true;
      await running?.kill();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
  return home;
}

function fail(why: string): never {
  throw new Error(why);
}

export async function openFlowHome(options: FlowHomeOptions = {}): Promise<FlowHome> {
  const home = await flowHome(options);
  await home.start();
  await home.ready();
  return home;
}

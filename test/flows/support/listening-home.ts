/** A Node-RED with the example flow and no owner yet, in which every line, message, status and error is written down. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'undici';
import { type NodeRedProcess, prepareUserDir, settingsFile, startNodeRed } from '../../../demo/node-red-process.ts';
import { freePort } from '../../support/free-port.ts';

const packageDir = join(import.meta.dirname, '..', '..', '..');
const recorder = join(import.meta.dirname, 'wire-recorder.cjs');

type FlowNode = Record<string, unknown> & { id: string; wires?: string[][] };

/** What was heard, each in a file of its own outside of the userDir. */
const heardAs = ['wire', 'log', 'flow', 'comms'] as const;
type Heard = (typeof heardAs)[number];

export interface ListeningHome {
  url: string;
  issuer: string;
  userDir: string;
  /** Everything printed on stdout and stderr, over all starts. */
  lines: string[];
  file(heard: Heard): string;
  read(heard: Heard): string;
  start(): Promise<NodeRedProcess>;
  remove(): Promise<void>;
}

/** A log handler of the user's own gets everything from trace on, and the console prints it. */
function loudSettings(port: number, file: string): string {
  return `${settingsFile(port)}
const { appendFileSync } = require('node:fs');
const { inspect } = require('node:util');
const all = { level: 'trace', metrics: true, audit: true };
const whole = { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null };
module.exports.logging = {
  console: all,
  own: { ...all, handler: () => (entry) => appendFileSync(${JSON.stringify(file)}, inspect(entry, whole) + '\\n') },
};
`;
}

/** `msg.uma` of every message that any node sends, and every error that a node ends a message with. */
function flowListener(file: string): string {
  return `
const { appendFileSync } = require('node:fs');
const { inspect } = require('node:util');
const whole = { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null };
const write = (what, value) => appendFileSync(${JSON.stringify(file)}, what + ' ' + inspect(value, whole) + '\\n');
module.exports = (RED) => {
  RED.hooks.add('onSend.secrets', (events) => {
    for (const { msg } of events) {
      if (msg.uma !== undefined) write('uma', msg.uma);
      if (msg.error !== undefined) write('caught', msg.error);
    }
  });
  RED.hooks.add('onComplete.secrets', ({ error }) => {
    if (error) write('error', [error, error.stack, error.cause]);
  });
};
`;
}

/** The whole message behind each node of ours that has used what it was given, and two mistakes that name a token. */
function layFlow(serverPort: number): FlowNode[] {
  const example = JSON.parse(readFileSync(join(packageDir, 'examples', 'First steps.json'), 'utf8')) as FlowNode[];
  const whole = ['fs-check', 'fs-ask-thermostat', 'fs-ask-doorbell', 'fs-share', 'fs-revoke', 'fs-panic'];
  const flow = example.map((node): FlowNode => {
    if (node.id === 'uma-home-server') return { ...node, port: String(serverPort) };
    if (!whole.includes(node.id)) return node;
    const [first = [], ...rest] = node.wires ?? [];
    return { ...node, wires: [[...first, 'st-whole'], ...rest] };
  });
  const find = (id: string): FlowNode => flow.find((node) => node.id === id) ?? fail(`no node ${id}`);
  const token = { shareValue: 'headers.authorization', tokenValue: 'headers.authorization' };
  const revoke = { ...find('fs-revoke'), ...token, wires: [['st-revoked'], ['st-revoked']] };
  const debug = { ...find('fs-heard-error'), name: '' };
  return [
    ...flow,
    { ...debug, id: 'st-whole', complete: 'true', targetType: 'full' },
    { ...debug, id: 'st-revoked', complete: 'uma', targetType: 'msg' },
    { ...find('fs-press-hold'), id: 'st-press-token', wires: [['st-token']] },
    { ...find('fs-ask-held'), id: 'st-token', wires: [['st-by-token', 'st-misnamed'], ['st-revoked']] },
    { ...revoke, id: 'st-by-token', target: 'token' },
    { ...revoke, id: 'st-misnamed', target: 'share' },
  ];
}

function fail(why: string): never {
  throw new Error(why);
}

/** Every frame of the editor's line, as it came. */
async function listenToEditor(url: string, file: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
  socket.addEventListener('message', ({ data }) => appendFileSync(file, `${data}\n`));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the editor line could not be opened')));
  });
  for (const subscribe of ['debug', 'status/#', 'notification/#', 'event-log/#'])
    socket.send(JSON.stringify({ subscribe }));
  return socket;
}

export async function listeningHome(): Promise<ListeningHome> {
  const [userDir, heardDir] = [mkdtempSync(join(tmpdir(), 'uma-home-')), mkdtempSync(join(tmpdir(), 'uma-heard-'))];
  const [port, serverPort] = [await freePort(), await freePort()];
  const file = (heard: Heard): string => join(heardDir, heard);
  for (const heard of heardAs) writeFileSync(file(heard), '', { mode: 0o600 });
  prepareUserDir(userDir, packageDir, port);
  writeFileSync(join(userDir, 'settings.js'), loudSettings(port, file('log')));
  mkdirSync(join(userDir, 'nodes'));
  writeFileSync(join(userDir, 'nodes', 'flow-listener.js'), flowListener(file('flow')));
  writeFileSync(join(userDir, 'nodes', 'flow-listener.html'), '');
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(layFlow(serverPort)));
  let running: NodeRedProcess | undefined;
  let editor: WebSocket | undefined;
  const lines: string[] = [];
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    issuer: `http://127.0.0.1:${serverPort}`,
    userDir,
    lines,
    file,
    read: (heard) => readFileSync(file(heard), 'utf8'),
    async start() {
      const env = {
        NODE_OPTIONS: `--require ${JSON.stringify(recorder)}`,
        UMA_WIRE_RECORD: file('wire'),
        UMA_OWNER: '',
        UMA_OWNER_PASSWORD: '',
        UMA_STORE_KEY: '',
      };
      running = await startNodeRed({ userDir, port, env, onLine: (line) => lines.push(line) });
      editor = await listenToEditor(url, file('comms'));
      return running;
    },
    async remove() {
      editor?.close();
      await running?.kill();
      for (const dir of [userDir, heardDir]) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A Node-RED with the first example and without an owner, as somebody has it who has just imported it and pressed Deploy.
 * Its dishwasher has a door, where messages wait while it is shut: so the owner can take a share back meanwhile.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditorLine } from '../../../../demo/editor-line.ts';
import { prepareUserDir, startNodeRed } from '../../../../demo/node-red-process.ts';
import { freePort } from '../../../support/free-port.ts';

const packageDir = join(import.meta.dirname, '..', '..', '..', '..');

type FlowNode = Record<string, unknown> & { id: string };

export interface NewHome {
  userDir: string;
  issuer: string;
  /** Makes the first owner; it stands in Node-RED's log. */
  setUpLink: string;
  /** What a device starts the dishwasher by. */
  dishwasherUrl: string;
  /** Whatever carries a token waits from now on. */
  shutDoor(): Promise<void>;
  /** Resolves when a message waits. */
  held(): Promise<void>;
  openDoor(): Promise<void>;
  /** What the flow says when the dishwasher starts. */
  started(): Promise<string>;
  remove(): Promise<void>;
}

/** The example, with a door in front of its dishwasher. */
function layFlow(serverPort: number): FlowNode[] {
  const example = JSON.parse(readFileSync(join(packageDir, 'examples', 'First steps.json'), 'utf8')) as FlowNode[];
  const borrowed = (id: string, more: object): FlowNode => ({
    ...(example.find((node) => node.id === id) ?? fail(`no node ${id}`)),
    ...more,
  });
  const flow = example.map((node) => {
    if (node.id === 'uma-home-server') return { ...node, port: String(serverPort) };
    return node.id === 'fs-in' ? { ...node, wires: [['door']] } : node;
  });
  const script = (id: string, func: string, wires: string[][]): FlowNode =>
    borrowed('fs-release', { id, func, wires, outputs: wires.length });
  return [
    ...flow,
    script('door', "return flow.get('shut') && msg.req.headers.authorization ? [msg, null] : [null, msg];", [
      ['door-hold', 'door-held'],
      ['fs-check'],
    ]),
    borrowed('fs-hold', { id: 'door-hold', wires: [['fs-check']] }),
    borrowed('fs-heard-error', { id: 'door-held', complete: 'payload', targetType: 'msg' }),
    borrowed('fs-press-hold', { id: 'door-shut', wires: [['door-shuts']] }),
    script('door-shuts', "flow.set('shut', true);", [[]]),
    borrowed('fs-press-hold', { id: 'door-open', wires: [['door-opens']] }),
    script('door-opens', "flow.set('shut', false); return { flush: true };", [['door-hold']]),
  ];
}

function fail(why: string): never {
  throw new Error(why);
}

export async function openNewHome(): Promise<NewHome> {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-new-home-'));
  const [port, serverPort] = [await freePort(), await freePort()];
  prepareUserDir(userDir, packageDir, port);
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(layFlow(serverPort)));
  const env = { UMA_OWNER: '', UMA_OWNER_PASSWORD: '', UMA_STORE_KEY: '' };
  const nodeRed = await startNodeRed({ userDir, port, env });
  const [setUpLink = ''] = /http\S+\/setup\?\S+/.exec(await nodeRed.line(/within 15 minutes to set it up/)) ?? [];
  const editor = await openEditorLine(nodeRed.url);
  /** Counted from the last one on: what was heard is not heard again. */
  const heardFrom = new Map<string, number>();
  const hear = async (id: string) => {
    const { value, atMs } = await editor.heard(id, undefined, heardFrom.get(id));
    heardFrom.set(id, atMs + 0.001);
    return value;
  };
  return {
    userDir,
    issuer: `http://127.0.0.1:${serverPort}`,
    setUpLink,
    dishwasherUrl: `${nodeRed.url}/dishwasher/start`,
    shutDoor: () => editor.press('door-shut'),
    held: async () => void (await hear('door-held')),
    openDoor: () => editor.press('door-open'),
    started: async () => String(await hear('fs-heard-started')),
    async remove() {
      editor.close();
      await nodeRed.kill();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
}

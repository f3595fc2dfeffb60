/** The examples, imported one after the other into one running Node-RED that its owner has let in. */
import { type EditorLine, openEditorLine } from '../../../demo/editor-line.ts';
import type { NodeRedProcess } from '../../../demo/node-red-process.ts';
import { inTime, type Shown } from '../../../demo/stage.ts';
import { eventually } from './eventually.ts';
import { type OwnerCall, signIn } from './flow-home.ts';

export type ExampleNode = Record<string, unknown> & { id: string; type: string };

/** What the examples' debug nodes show. */
export type Heard = Shown & {
  code?: string;
  link?: string;
  owner?: string;
  state?: string;
  as_uri?: string;
  ticket?: boolean;
};

export interface ExampleHome {
  url: string;
  issuer: string;
  line: EditorLine;
  flows: ExampleNode[];
  ownerCall: OwnerCall;
  /** Presses a button and takes what that debug node shows next; a mistake that the flow catches meanwhile rejects. */
  press(button: string, heard: string): Promise<Heard>;
}

/** What the editor's import makes of nodes that are there already: they stay as they are. */
function imported(there: readonly ExampleNode[], more: readonly ExampleNode[]): ExampleNode[] {
  const known = new Set(there.map(({ id }) => id));
  return [...there, ...more.filter(({ id }) => !known.has(id))];
}

async function importAll(line: EditorLine, umaPort: number, examples: readonly ExampleNode[][]) {
  let flows: ExampleNode[] = [];
  for (const example of examples) {
    flows = imported(flows, example).map((node) =>
      node.type === 'uma-authorization-server' ? { ...node, port: String(umaPort) } : node,
    );
    await line.deploy(flows, 'full');
  }
  return flows;
}

/** A device or resource is on its way to the server from the moment Node-RED is let in. */
async function allKnown(url: string, flows: readonly ExampleNode[]): Promise<void> {
  for (const [list, type] of [
    ['resources', 'uma-resource'],
    ['devices', 'uma-device'],
  ])
    await eventually(`this Node-RED should know its ${list}`, async () => {
      const headers = { 'x-uma-home': '1' };
      const known = await (await fetch(`${url}/uma-home/servers/uma-home-server/${list}`, { headers })).text();
      return flows.filter((node) => node.type === type).every(({ name }) => known.includes(`"${name}"`));
    });
}

function pressing(line: EditorLine): ExampleHome['press'] {
  return async (button, heard) => {
    const next = line.heard(heard, undefined, performance.now());
    const mistake = line.heard(heard.replace(/-.*/, '-heard-error'), undefined, performance.now()).then(({ value }) => {
      throw new Error(JSON.stringify(value));
    });
    const [{ value }] = await inTime(button, Promise.all([Promise.race([next, mistake]), line.press(button)]));
    return value as Heard;
  };
}

/** @param nodeRed - without a flow yet, started with the test's owner in its environment */
export async function openExampleHome(
  nodeRed: NodeRedProcess,
  umaPort: number,
  examples: readonly ExampleNode[][],
): Promise<ExampleHome> {
  const { url } = nodeRed;
  const line = await openEditorLine(url);
  const flows = await importAll(line, umaPort, examples);
  const [code] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(await nodeRed.line(/let it in with the code/)) ?? [];
  const issuer = `http://127.0.0.1:${umaPort}`;
  const ownerCall = await signIn(issuer);
  const { status } = await ownerCall('POST', `/api/codes/${code}/approve`, {});
  if (status !== 200) throw new Error(`the code was answered with ${status}`);
  await nodeRed.line(/connected to its owner/);
  await allKnown(url, flows);
  return { url, issuer, line, flows, ownerCall, press: pressing(line) };
}

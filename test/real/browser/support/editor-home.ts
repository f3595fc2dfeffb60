/** A Node-RED that nobody owns yet, with two of our examples and an editor that has a login. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type NodeRedOptions,
  type NodeRedProcess,
  prepareUserDir,
  startNodeRed,
} from '../../../../demo/node-red-process.ts';
import { freePort } from '../../../support/free-port.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
/** A name that only a browser told so finds: `browserArgs`. A phone could know such a name, so there are QR codes. */
const HOST = 'home.test';

export const browserArgs = [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`];

/** Whoever comes may do all, and still it is a login: only then may the editor show codes and say yes. */
const login = `
module.exports.adminAuth = { type: 'credentials', users: [], default: { permissions: '*' } };
`;

export interface EditorHome {
  url: string;
  /** The server, encrypted, with a certificate that it made itself. */
  issuer: string;
  nodeRed: NodeRedProcess;
  remove(): Promise<void>;
}

interface FlowNode {
  id: string;
  [setting: string]: unknown;
}

function example(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(root, 'examples', `${name}.json`), 'utf8')) as FlowNode[];
}

/** What is revoked is all that the thermostat may do, and not the share that the flow itself had made. */
function storyFlow(port: number): FlowNode[] {
  const nodes = [...example('First steps'), ...example('Claim a device with a QR code')];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const change = (id: string, settings: object): void => {
    byId.set(id, { ...byId.get(id), id, ...settings });
  };
  change('uma-home-server', { port: String(port), reach: 'home', host: HOST, certificateFrom: 'made' });
  change('fs-press-revoke', { wires: [['fs-revoke']] });
  change('fs-revoke', { target: 'device', device: 'uma-home-thermostat' });
  return [...byId.values()];
}

/** @param program - another Node-RED than the installed one */
export async function editorHome(program?: NodeRedOptions['program']): Promise<EditorHome> {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-editor-'));
  const [port, serverPort] = [await freePort(), await freePort()];
  prepareUserDir(userDir, root, port);
  appendFileSync(join(userDir, 'settings.js'), login);
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(storyFlow(serverPort)));
  const env = { UMA_OWNER: '', UMA_OWNER_PASSWORD: '' };
  const nodeRed = await startNodeRed({ userDir, port, env, ...(program && { program }) });
  return {
    url: nodeRed.url,
    issuer: `https://${HOST}:${serverPort}`,
    nodeRed,
    async remove() {
      await nodeRed.kill();
      rmSync(userDir, { recursive: true, force: true });
    },
  };
}

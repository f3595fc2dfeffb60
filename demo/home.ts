/** The demo home's folder: its userDir, its flow, its owner's password, and whether its story was told. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prepareUserDir } from './node-red-process.ts';
import type { DemoOptions } from './options.ts';

export interface DemoHome {
  dir: string;
  /** False when an earlier start left its things here. */
  fresh: boolean;
  owner: string;
  password: string;
  /** Where the password is kept; undefined where the caller brought one. */
  passwordFile?: string;
  /** The id of the server's node in the flow, by which its form asks how it stands. */
  serverNode: string;
  /** The tab on which a visitor makes a share of their own, while it is there. */
  ownTab?: string;
  /** Has the story been told to its end? */
  told(): boolean;
  setTold(told: boolean): void;
}

interface FlowNode {
  id?: string;
  type?: string;
  port?: string | number;
}

interface LaidFlow {
  serverNode: string;
  ownTab?: string;
}

const SERVER_TYPE = 'uma-authorization-server';
/** The story plays on the first; the second is the visitor's own. */
const EXAMPLES = ['First steps', 'Approve from the phone'];
const OWN_TAB = 'ph-tab';

/** The caller's own password wins; otherwise one is made once and kept readable by this user alone. */
function ownerPassword(file: string): Pick<DemoHome, 'password' | 'passwordFile'> {
  const own = process.env.UMA_OWNER_PASSWORD;
  if (own) return { password: own };
  if (existsSync(file)) return { password: readFileSync(file, 'utf8').trim(), passwordFile: file };
  const made = randomBytes(18).toString('base64url');
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return { password: made, passwordFile: file };
}

function readFlow(file: string): FlowNode[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FlowNode[];
  } catch {
    throw new Error(`The flow in ${file} cannot be read. Delete that file to have the example again.`);
  }
}

/** As the editor imports them: of a node that both have, the first stays. */
function readExamples(packageDir: string): FlowNode[] {
  const nodes = EXAMPLES.flatMap((title) => readFlow(join(packageDir, 'examples', `${title}.json`)));
  const laid = new Map<string | undefined, FlowNode>();
  for (const node of nodes) if (!laid.has(node.id)) laid.set(node.id, node);
  return [...laid.values()];
}

/** Copies the examples once; later starts change nothing in them but the built-in server's port. */
function layFlow(target: string, packageDir: string, serverPort: number): LaidFlow {
  const flow = existsSync(target) ? readFlow(target) : readExamples(packageDir);
  const ported = flow.map((node) => (node.type === SERVER_TYPE ? { ...node, port: String(serverPort) } : node));
  const text = `${JSON.stringify(ported, null, 4)}\n`;
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
  const serverNode = flow.find(({ type }) => type === SERVER_TYPE)?.id;
  if (serverNode === undefined)
    throw new Error(`The flow in ${target} has no server node any more. Delete that file to have the example again.`);
  return { serverNode, ...(flow.some(({ id }) => id === OWN_TAB) && { ownTab: OWN_TAB }) };
}

function layOut(dir: string, packageDir: string, { port, serverPort }: DemoOptions): DemoHome {
  const flowFile = join(dir, 'flows.json');
  const toldFile = join(dir, 'story-told');
  const fresh = !existsSync(flowFile);
  mkdirSync(dir, { recursive: true });
  prepareUserDir(dir, packageDir, port);
  return {
    dir,
    fresh,
    owner: process.env.UMA_OWNER || 'demo',
    ...ownerPassword(join(dir, 'owner-password')),
    ...layFlow(flowFile, packageDir, serverPort),
    told: () => existsSync(toldFile),
    setTold: (told) =>
      told ? writeFileSync(toldFile, `${new Date().toISOString()}\n`) : rmSync(toldFile, { force: true }),
  };
}

/** Lays out the demo home, or finds the one that is there. Throws one sentence where its folder cannot be used. */
export function prepareHome(packageDir: string, options: DemoOptions): DemoHome {
  const dir = resolve(process.env.UMA_DEMO_DIR || join(packageDir, '.demo'));
  try {
    return layOut(dir, packageDir, options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new Error(
      `The demo's folder ${dir} cannot be written (${error.code}). Choose another with UMA_DEMO_DIR, for example: UMA_DEMO_DIR=~/uma-demo npm start`,
    );
  }
}

/** The demo home's folder: its userDir, its flow, its owner's password. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prepareUserDir } from './node-red-process.ts';

export interface DemoHome {
  dir: string;
  /** False when an earlier start left its things here. */
  fresh: boolean;
  owner: string;
  password: string;
  passwordFile: string;
}

interface FlowNode {
  type?: string;
  port?: string | number;
}

/** The caller's own password wins; otherwise one is made once and kept readable by this user alone. */
function ownerPassword(file: string): string {
  const own = process.env.UMA_OWNER_PASSWORD;
  if (own) return own;
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const made = randomBytes(18).toString('base64url');
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** Copies the example once; later starts change nothing in it but the built-in server's port. */
function layFlow(target: string, example: string, serverPort: number): void {
  const flow = JSON.parse(readFileSync(existsSync(target) ? target : example, 'utf8')) as FlowNode[];
  const ported = flow.map((node) =>
    node.type === 'uma-authorization-server' ? { ...node, port: String(serverPort) } : node,
  );
  const text = `${JSON.stringify(ported, null, 4)}\n`;
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
}

/** Lays out the demo home, or finds the one that is there. */
export function prepareHome(packageDir: string, port: number, serverPort: number): DemoHome {
  const dir = resolve(process.env.UMA_DEMO_DIR ?? join(packageDir, '.demo'));
  const flowFile = join(dir, 'flows.json');
  const fresh = !existsSync(flowFile);
  mkdirSync(dir, { recursive: true });
  const passwordFile = join(dir, 'owner-password');
  const password = ownerPassword(passwordFile);
  prepareUserDir(dir, packageDir, port);
  layFlow(flowFile, join(packageDir, 'examples', 'First steps.json'), serverPort);
  return { dir, fresh, owner: process.env.UMA_OWNER ?? 'demo', password, passwordFile };
}

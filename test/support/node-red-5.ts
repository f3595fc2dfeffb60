/** The other Node-RED that the README names, with a Node of its own, installed once and kept. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NODE_RED = '5.0.7';
const NODE = '22.23.3';

const root = join(import.meta.dirname, '..', '..');
const platform = process.platform === 'win32' ? 'win' : process.platform;

/** @returns what `startNodeRed` needs to run it; undefined, and a line that says so, where it cannot be installed */
export function nodeRed5(): { node: string; redJs: string } | undefined {
  const nodePackage = `node-${platform}-${process.arch}`;
  const home = join(root, 'node_modules', '.cache', `node-red-${NODE_RED}`);
  const program = {
    node: join(home, 'node_modules', nodePackage, 'bin', 'node'),
    redJs: join(home, 'node_modules', 'node-red', 'red.js'),
  };
  if (existsSync(program.node) && existsSync(program.redJs)) return program;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', `node-red@${NODE_RED}`, `${nodePackage}@${NODE}`, ...quietly], {
      cwd: home,
      shell: process.platform === 'win32',
    });
    return program;
  } catch {
    console.warn(`skip: Node-RED ${NODE_RED} cannot be installed here`);
    return undefined;
  }
}

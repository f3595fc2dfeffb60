import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../row.ts';
import { spreadOf } from '../spread.ts';

const root = join(import.meta.dirname, '..', '..', '..');

function npm(args: string[], cwd: string): void {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  execFileSync('npm', [...args, ...quiet], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The packed package with all it depends on, in an empty folder: as it comes to a Node-RED that is there already. */
export function packageRow(): Row {
  const dir = mkdtempSync(join(tmpdir(), 'uma-bench-package-'));
  try {
    npm(['pack', '--pack-destination', dir], root);
    const tarball = readdirSync(dir).find((name) => name.endsWith('.tgz')) ?? '';
    writeFileSync(join(dir, 'package.json'), '{"private":true}');
    npm(['install', '--omit=dev', join(dir, tarball)], dir);
    const modules = join(dir, 'node_modules');
    return {
      ...{ what: 'the package without Node-RED', unit: 'MB', bound: { atMost: 22 } },
      ...{ figures: spreadOf([megabytes(modules)]), seen: `of these ${largest(modules)}` },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Of its files, not of the blocks that they take on this disk. */
function megabytes(dir: string): number {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0) / 1e6;
}

function largest(modules: string): string {
  const sized = readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({ name, mb: megabytes(join(modules, name)) }));
  const three = sized.toSorted((one, other) => other.mb - one.mb).slice(0, 3);
  return three.map(({ name, mb }) => `${name} ${mb.toFixed(1)}`).join(', ');
}

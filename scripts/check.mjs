// Types, lint, import order, dead code, and the package as it would be published.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const steps = [
  ['types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['editor types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.editor.json'],
  ['portal types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.portal.json'],
  ['lint', 'node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['dead code', 'node_modules/knip/bin/knip.js'],
  ['package', 'node_modules/publint/src/cli.js', '--strict'],
  ['package types', 'node_modules/@arethetypeswrong/cli/dist/index.js', '--pack', '.', '--profile', 'esm-only'],
];

let failed = 0;
for (const [name, script = '', ...args] of steps) {
  const done = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const ok = done.status === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (!ok) {
    failed += 1;
    console.log(`${done.stdout ?? ''}${done.stderr ?? ''}${existsSync(script) ? '' : `missing: ${script}`}`);
  }
}
process.exit(failed === 0 ? 0 : 1);

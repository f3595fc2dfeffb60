/** The linter's import order bites: a room that reaches where it may not is refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

type Case = [file: string, imported: string];

/** A tree with the linter's own rules, one file for each case; returns the cases that it refuses. */
function refusedOf(cases: Case[]): Set<Case> {
  const tree = mkdtempSync(join(tmpdir(), 'uma-import-order-'));
  try {
    const rules = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as object;
    writeFileSync(join(tree, 'biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }));
    const files = cases.map(([file, imported], index) => {
      const path = file.replace(/x\.ts$/, `x${index}.ts`);
      mkdirSync(join(tree, dirname(path)), { recursive: true });
      writeFileSync(join(tree, path), `import { thing } from '${imported}';\nexport const other = thing;\n`);
      return path;
    });
    const args = [
      biome,
      'lint',
      '--only=style/noRestrictedImports',
      '--max-diagnostics=none',
      '--reporter=github',
      '.',
    ];
    const { stdout } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
    return new Set(cases.filter((_case, index) => stdout.includes(files[index] ?? '?')));
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

const forbidden: Case[] = [
  ['lib/sharing/x.ts', '../uma/permission.ts'],
  ['lib/uma/x.ts', '../proof/device-key.ts'],
  ['lib/uma/x.ts', '../node-red/host.ts'],
  ['lib/proof/x.ts', '../store/gateway-store.ts'],
  ['lib/transport/x.ts', '../uma/permission.ts'],
  ['lib/store/x.ts', '../sharing/share.ts'],
  ['lib/servers/x.ts', '../revocation/denylist.ts'],
  ['lib/servers/x.ts', '../built-in-server/model/shares.ts'],
  ['lib/revocation/x.ts', '../servers/join.ts'],
  ['lib/identity/x.ts', '../gateway/gateway.ts'],
  ['lib/requesting/x.ts', '../revocation/denylist.ts'],
  ['lib/protecting/x.ts', '../identity/device-registry.ts'],
  ['lib/decision/x.ts', '../store/gateway-store.ts'],
  ['lib/gateway/x.ts', '../node-red/host.ts'],
  ['lib/gateway/x.ts', '../built-in-server/start.ts'],
  ['lib/built-in-server/model/x.ts', '../../servers/built-in.ts'],
  ['lib/built-in-server/x.ts', '../gateway/gateway.ts'],
  ['nodes/share/x.ts', '../../lib/gateway/gateway.ts'],
  ['portal/screens/x.ts', '../../lib/built-in-server/model/records.ts'],
  ['portal/x.ts', '../lib/uma/permission.ts'],
];

const allowed: Case[] = [
  ['lib/proof/x.ts', '../uma/permission.ts'],
  ['lib/revocation/x.ts', '../servers/authorization-server.ts'],
  ['lib/servers/x.ts', '../built-in-server/start.ts'],
  ['lib/gateway/x.ts', '../decision/decide.ts'],
  ['lib/built-in-server/model/x.ts', '../../sharing/share.ts'],
  ['nodes/share/x.ts', '../../lib/node-red/host.ts'],
  ['portal/screens/x.ts', '../../lib/sharing/say.ts'],
  ['portal/screens/x.ts', '../shelf/shelf.ts'],
];

describe('the import order (ARCHITECTURE.md)', () => {
  let refused = new Set<Case>();
  before(() => {
    refused = refusedOf([...forbidden, ...allowed]);
  });

  for (const one of forbidden) it(`refuses ${one[1]} in ${one[0]}`, () => assert.ok(refused.has(one)));
  for (const one of allowed) it(`lets ${one[0]} import ${one[1]}`, () => assert.ok(!refused.has(one)));

  it('names a rule for every room', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as {
      overrides: { includes: string[] }[];
    };
    const ruled = overrides.flatMap(({ includes }) => includes);
    for (const room of [
      'sharing',
      'uma',
      'proof',
      'transport',
      'store',
      'servers',
      'revocation',
      'identity',
      'requesting',
      'protecting',
      'decision',
      'gateway',
      'node-red',
      'built-in-server',
    ])
      assert.ok(ruled.includes(`lib/${room}/**`), room);
  });
});

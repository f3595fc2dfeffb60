/** A palette that is only looked at must not pay for the authorization server and the store. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');

const hook = `
import { registerHooks, register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    process._rawDebug('LOADED ' + resolved.url);
    return resolved;
  }\`));
`.replace('registerHooks, ', '');

/** Every module that loading this one resolves. */
function loadedBy(entry: string): string[] {
  const script = `${hook}\nawait import(${JSON.stringify(pathToFileURL(entry).href)});`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', `${script}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    cwd: root,
  });
  return printed.split('\n');
}

describe('loading the nodes', () => {
  const entries = readdirSync(join(root, 'dist', 'nodes'))
    .map((node) => join(root, 'dist', 'nodes', node, `${node}.js`))
    .filter((entry) => existsSync(entry));

  it('finds all eight built', () => assert.equal(entries.length, 8));

  for (const entry of entries)
    it(`loads neither oidc-provider nor lmdb: ${entry.slice(root.length + 1)}`, () => {
      const loaded = loadedBy(entry);
      assert.deepEqual(
        loaded.filter((url) => /node_modules\/(oidc-provider|lmdb)\//.test(url)),
        [],
      );
    });
});

/** A palette that is only looked at must not pay for the authorization server and the store. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');

/** Runs in the loader's own thread: only this printing is not held up until it is too late. */
const hook = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    writeSync(1, resolved.url + '\\\\n');
    return resolved;
  }\`));
`;

/** Every module that loading these resolves. */
function loadedBy(...entries: string[]): string[] {
  const imports = entries.map((entry) => `await import(${JSON.stringify(pathToFileURL(entry).href)});`);
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', [hook, ...imports].join('\n')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    cwd: root,
  });
  return printed.split('\n');
}

const heavy = (urls: string[]): string[] =>
  urls.flatMap((url) => /node_modules\/(oidc-provider|lmdb|uqr|undici)\//.exec(url)?.[1] ?? []);

/** As Node-RED 4.1 loads a node: `require()` of an ES module, which nothing on the way may hold up (Node.js 20.19). */
function required(entry: string): string {
  const script = `process.stdout.write(typeof require(${JSON.stringify(entry)}).default)`;
  const env = { ...process.env, NODE_NO_WARNINGS: '1' };
  return execFileSync(process.execPath, ['--input-type=commonjs', '--eval', script], { encoding: 'utf8', env });
}

describe('loading the nodes', () => {
  const entries = readdirSync(join(root, 'dist', 'nodes'))
    .map((node) => join(root, 'dist', 'nodes', node, `${node}.js`))
    .filter((entry) => existsSync(entry));

  it('finds all eight built, and the sidebar', () => assert.equal(entries.length, 9));

  it('is watched by something that sees what is loaded', () => {
    const provider = fileURLToPath(import.meta.resolve('oidc-provider'));
    const seen = heavy(loadedBy(join(root, 'dist', 'lib', 'store', 'lmdb.js'), provider));
    assert.deepEqual([...new Set(seen)].sort(), ['lmdb', 'oidc-provider']);
  });

  it('works by require(), with nothing awaited at the top of any module, on every Node that package.json admits', () => {
    for (const entry of entries) assert.equal(required(entry), 'function', entry);
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    assert.equal(engines.node, '>=20.19.0', 'before it, ERR_REQUIRE_ESM');
  });

  for (const entry of entries)
    it(`loads neither the server, the store nor an HTTP client: ${entry.slice(root.length + 1)}`, () => {
      const loaded = loadedBy(entry);
      assert.ok(loaded.includes(pathToFileURL(entry).href));
      assert.deepEqual(heavy(loaded), []);
    });
});

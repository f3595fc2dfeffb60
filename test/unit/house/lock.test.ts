import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;

describe('the lock and the dependencies', () => {
  it('name no registry', () => assert.doesNotMatch(lock, /"resolved"/));

  it('are exact versions', () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });

  it('are at most six at run time', () => assert.ok(Object.keys(dependencies).length <= 6));
});

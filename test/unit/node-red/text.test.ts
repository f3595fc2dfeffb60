import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../../../lib/sharing/say.ts';

const room = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'lib', 'node-red');

/** Keys as they are written in the code; those put together at run time are checked where they are used. */
function keysInCode(): string[] {
  const source = readdirSync(room).map((file) => readFileSync(join(room, file), 'utf8'));
  const keys = source.flatMap((text) => [
    ...[...text.matchAll(/'((?:hint|node|log|test)\.[a-z_]+)'/g)].map(([, key]) => key ?? ''),
    ...[...text.matchAll(/new FlowError\('([a-z_]+)'/g)].map(([, code]) => `hint.${code}`),
  ]);
  return [...new Set(keys)].sort();
}

describe('the words of lib/node-red', () => {
  it('has an English sentence for every key', () => {
    assert.deepEqual(
      keysInCode().filter((key) => say({ key }).startsWith('[')),
      [],
    );
  });
});

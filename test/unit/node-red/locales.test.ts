import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Standing } from '../../../lib/gateway/gateway.ts';
import { phraseOf } from '../../../lib/node-red/status.ts';

const nodes = join(import.meta.dirname, '..', '..', '..', 'nodes');
const names = readdirSync(nodes).filter((name) => existsSync(join(nodes, name, `${name}.html`)));
const read = (...path: string[]): string => readFileSync(join(nodes, ...path), 'utf8');

type Words = { [key: string]: string | Words };

function flat(words: Words, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

function wordsOf(name: string): Map<string, string> {
  return new Map(flat(JSON.parse(read(name, 'locales', 'en-US', `${name}.json`)) as Words));
}

/** Keys in the form, and in the code of the form as far as they are written out. */
function keysOf(name: string): string[] {
  const code = existsSync(join(nodes, name, `${name}.editor.ts`)) ? read(name, `${name}.editor.ts`) : '';
  return [
    ...[...read(name, `${name}.html`).matchAll(/data-i18n="(?:\[[\w-]+\])?([^"]+)"/g)],
    ...[...code.matchAll(/\._\('([^']+)'/g)],
  ].map(([, key]) => key ?? '');
}

describe('the words of the forms', () => {
  for (const name of names) {
    const words = wordsOf(name);

    it(`${name}: every key has its words`, () => {
      assert.deepEqual(
        keysOf(name).filter((key) => !words.has(key)),
        [],
      );
    });

    it(`${name}: a status fits under a node`, () => {
      const long = [...words].filter(([key, text]) => key.startsWith('status.') && text.length >= 20);
      assert.deepEqual(long, []);
    });

    it(`${name}: has help under its own name`, () => {
      assert.match(read(name, 'locales', 'en-US', `${name}.html`), new RegExp(`data-help-name="${name}"`));
    });
  }

  it('every node of the flow has words for however its server stands', () => {
    const source = readFileSync(join(nodes, '..', 'lib', 'gateway', 'gateway.ts'), 'utf8');
    const phases = [...source.matchAll(/\| \{ phase: '([a-z-]+)'/g)].map(([, phase]) => phase as Standing['phase']);
    assert.ok(phases.length >= 8);
    for (const name of ['device-identity', 'uma-request', 'rpt-check', 'share', 'revoke']) {
      const words = wordsOf(name);
      for (const phase of phases) {
        const phrase = phraseOf({ phase } as Standing);
        if (phrase !== undefined) assert.ok(words.has(`status.${phrase}`), `${name}: ${phrase}`);
      }
    }
  });

  it('rpt-check has a status for every reason', () => {
    const source = readFileSync(join(nodes, '..', 'lib', 'decision', 'reason.ts'), 'utf8');
    const reasons = [...source.matchAll(/\| '([a-z_]+)'/g)].map(([, reason]) => `status.denied-${reason}`);
    const words = wordsOf('rpt-check');
    assert.ok(reasons.length > 10);
    assert.deepEqual(
      reasons.filter((key) => !words.has(key)),
      [],
    );
  });

  it('what the forms share has its words in the server’s catalogue', () => {
    const words = wordsOf('uma-authorization-server');
    const source = [
      ...readdirSync(join(nodes, 'editor')).map((file) => read('editor', file)),
      ...names.map((name) =>
        existsSync(join(nodes, name, `${name}.editor.ts`)) ? read(name, `${name}.editor.ts`) : '',
      ),
    ].join('\n');
    const keys = [...source.matchAll(/\bword\('([a-z_]+)'/g)].map(([, key]) => `form.${key}`);
    assert.deepEqual(
      [...new Set(keys)].filter((key) => !words.has(key)),
      [],
    );
  });
});

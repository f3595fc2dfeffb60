import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Standing } from '../../../lib/gateway/gateway.ts';
import { phraseOf } from '../../../lib/node-red/status.ts';
import german from '../../../lib/sharing/text/de.json' with { type: 'json' };
import english from '../../../lib/sharing/text/en.json' with { type: 'json' };

const nodes = join(import.meta.dirname, '..', '..', '..', 'nodes');
const names = readdirSync(nodes).filter((name) => existsSync(join(nodes, name, `${name}.html`)));
/** A plugin has words, and no node that needs help. */
const isPlugin = (name: string): boolean => !read(name, `${name}.html`).includes('data-template-name');
const read = (...path: string[]): string => readFileSync(join(nodes, ...path), 'utf8');

type Words = { [key: string]: string | Words };

function flat(words: Words, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

function wordsOf(name: string, language = 'en-US'): Map<string, string> {
  return new Map(flat(JSON.parse(read(name, 'locales', language, `${name}.json`)) as Words));
}

/** The elements of a help page in order, with all that is neither words nor told to a screen reader. */
function structureOf(help: string): string[] {
  return [...help.matchAll(/<[^>]+>/g)].map(([tag]) => tag.replace(/aria-label="[^"]*"/, 'aria-label'));
}

/** Keys in the form, and in the code of the form as far as they are written out. */
function keysOf(name: string): string[] {
  const code = existsSync(join(nodes, name, `${name}.editor.ts`)) ? read(name, `${name}.editor.ts`) : '';
  return [
    ...[...read(name, `${name}.html`).matchAll(/data-i18n="(?:\[[\w-]+\])?([^"]+)"/g)],
    ...[...code.matchAll(/\._\('([^']+)'/g)],
  ].map(([, key]) => key ?? '');
}

function editorFiles(): string[] {
  return readdirSync(join(nodes, 'editor'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'));
}

const scopeWords = (words: Iterable<[string, string]>, prefix: string) =>
  Object.fromEntries(
    [...words].filter(([key]) => key.startsWith(prefix)).map(([key, text]) => [key.slice(prefix.length), text]),
  );

describe('the words of the forms', () => {
  for (const [language, messages] of [
    ['en-US', english],
    ['de', german],
  ] as const)
    it(`a node on the canvas says what may be done in the words of the owner's sentences, ${language}`, () => {
      const onCanvas = scopeWords(wordsOf('uma-authorization-server', language), 'form.scope.');
      assert.deepEqual(onCanvas, scopeWords(Object.entries(messages), 'scope.'));
    });

  for (const [language, messages] of [
    ['en-US', english],
    ['de', german],
  ] as const) {
    it(`the sidebar takes back and stops in the words of the owner's pages, ${language}`, () => {
      const sidebar = (key: string) => wordsOf('uma-sidebar', language).get(`sidebar.${key}`);
      assert.deepEqual([sidebar('suspend'), sidebar('stop_device_do')], Array(2).fill(messages['portal.suspend']));
      assert.deepEqual(
        [sidebar('stop_everything'), sidebar('stop_all_do')],
        Array(2).fill(messages['portal.stop_button']),
      );
      assert.deepEqual([sidebar('take_back'), sidebar('take_back_do')], Array(2).fill(messages['portal.take_back']));
    });

    it(`a node says how a device stands in the words of the owner's pages, ${language}`, () => {
      const status = wordsOf('device-identity', language);
      for (const state of ['unprovisioned', 'provisioned', 'active', 'quarantined', 'retired'] as const)
        assert.equal(status.get(`status.${state}`), messages[`sentence.device_${state}`], state);
    });
  }

  for (const name of names) {
    const words = wordsOf(name);

    it(`${name}: every key has its words`, () => {
      assert.deepEqual(
        keysOf(name).filter((key) => !words.has(key)),
        [],
      );
    });

    for (const language of ['en-US', 'de']) {
      it(`${name}: a status fits under a node, ${language}`, () => {
        const long = [...wordsOf(name, language)].filter(
          ([key, text]) => key.startsWith('status.') && text.length >= 20,
        );
        assert.deepEqual(long, []);
      });

      if (!isPlugin(name))
        it(`${name}: has help under its own name, ${language}`, () => {
          assert.match(read(name, 'locales', language, `${name}.html`), new RegExp(`data-help-name="${name}"`));
        });
    }

    it(`${name}: German has the same keys in the same order, with the same gaps`, () => {
      const german = wordsOf(name, 'de');
      const gapsOf = (text = '') => (text.match(/__\w+__/g) ?? []).sort();
      assert.deepEqual([...german.keys()], [...words.keys()]);
      for (const [key, text] of german) assert.deepEqual(gapsOf(text), gapsOf(words.get(key)), key);
    });

    it(`${name}: German has its own words, in German quotation marks`, () => {
      // Numbers, names of algorithms and scopes are the same in every language.
      const isSame = ([key, text]: [string, string]) => text === words.get(key) && /[a-z] [a-z]/.test(text);
      const same = [...wordsOf(name, 'de')].filter(isSame);
      assert.deepEqual(same, []);
      for (const [key, text] of wordsOf(name, 'de')) assert.doesNotMatch(text, /["”]/, key);
    });

    if (isPlugin(name)) continue;
    it(`${name}: German help tells as much as the English: the same headings, lists and pictures`, () => {
      const [english, german] = ['en-US', 'de'].map((language) => {
        const help = read(name, 'locales', language, `${name}.html`);
        return structureOf(help).filter((tag) => /^<\/?(h3|dl|dt|dd|ol|li|svg|path|rect|text)\b/.test(tag));
      });
      assert.deepEqual(german, english);
    });
  }

  it('device-identity says of everything it changes what that means, where it is chosen', () => {
    const form = read('device-identity', 'device-identity.html');
    const actions = [...form.matchAll(/<option value="(\w+)"/g)].map(([, action]) => action).slice(1);
    const explained = [...form.matchAll(/data-uma-row="(\w+)" data-i18n/g)].map(([, row]) => row);
    assert.deepEqual(explained.sort(), actions.sort());
  });

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

  it('nodes that need the authority of an owner have words for its lack', () => {
    for (const name of ['device-identity', 'share', 'revoke']) assert.ok(wordsOf(name).has('status.not-let-in'), name);
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
      ...editorFiles().map((file) => read('editor', file)),
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

  it('the dialog of claim has a word for all that it says, and for whatever it shows', () => {
    const words = wordsOf('device-identity');
    const source = read('editor', 'claim-dialog.ts');
    const phases = [...source.matchAll(/phase: ('[a-z][^;}]+)/g)].flatMap(([, names = '']) =>
      names.split(' | ').map((name) => name.replaceAll("'", '').trim()),
    );
    const said = [...source.matchAll(/\bphrase\(node, '([\w-]+)'/g)].map(([, key]) => key);
    // What is over is told by a sentence of the server's.
    const told = ['claimed', 'denied', 'expired', 'failed'];
    const keys = [...phases, ...said, 'this-computer', 'not-encrypted'].filter((key = '') => !told.includes(key));
    assert.ok(keys.length > 15, keys.join(' '));
    assert.deepEqual(
      keys.filter((key) => !words.has(`device-identity.asks.${key}`)),
      [],
    );
  });

  it('the sidebar has a word for all that it says, and says all of its words', () => {
    const source = editorFiles()
      .filter((file) => file.startsWith('sidebar'))
      .map((file) => read('editor', file))
      .join('\n');
    const words = [...wordsOf('uma-sidebar').keys()].map((key) => key.replace('sidebar.', ''));
    const said = [...source.matchAll(/\bsay\('([a-z_]+)'/g)].map(([, key = '']) => key);
    assert.ok(said.length > 20);
    assert.deepEqual(
      said.filter((key) => !words.includes(key)),
      [],
    );
    // Others are named by a list, a limit or a verdict: `no_shares`, `once`, `allowed`.
    const listed = [...source.matchAll(/'([a-z]+)'/g)].flatMap(([, name]) => [name, `no_${name}`]);
    assert.deepEqual(
      words.filter((key) => !said.includes(key) && !listed.includes(key)),
      [],
    );
  });
});

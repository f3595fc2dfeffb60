import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import german from '../../../lib/sharing/text/de.json' with { type: 'json' };
import english from '../../../lib/sharing/text/en.json' with { type: 'json' };

const root = join(import.meta.dirname, '../../..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The words of `type Name = 'a' | 'b';`. */
function membersOf(path: string, type: string): string[] {
  const [, members = ''] = new RegExp(`type ${type} =([^;]+);`).exec(read(path)) ?? [];
  return [...members.matchAll(/'([\w-]+)'/g)].map(([, member = '']) => member);
}

function missing(keys: Iterable<string>): string[] {
  return [...new Set(keys)].filter((key) => !Object.hasOwn(english, key)).sort();
}

/** Where a key is put together from a code: every code of the type must have its words. */
const built: [path: string, type: string, prefix: string][] = [
  ['lib/built-in-server/model/model-error.ts', 'ModelErrorCode', 'hint.'],
  ['lib/built-in-server/errors.ts', 'ServerStartCode', 'hint.'],
  ['lib/decision/reason.ts', 'Reason', 'hint.'],
  ['lib/decision/reason.ts', 'Reason', 'reason.'],
  ['lib/identity/device-error.ts', 'DeviceErrorCode', 'hint.'],
  ['lib/requesting/call-wish.ts', 'CallErrorCode', 'hint.call_'],
  ['lib/revocation/revocation-error.ts', 'RevocationErrorCode', 'hint.revocation_'],
  ['lib/servers/errors.ts', 'ServerErrorCode', 'hint.'],
  ['lib/sharing/device-state.ts', 'DeviceState', 'sentence.device_'],
  ['lib/store/errors.ts', 'StoreErrorCode', 'hint.'],
  ['lib/uma/errors.ts', 'DiscoveryCode', 'hint.'],
  ['lib/proof/jwt-verify.ts', 'JwtRefusalDetail', 'hint.token_'],
  ['lib/proof/dpop-refusal.ts', 'DpopRefusalDetail', 'hint.proof_'],
  ['lib/transport/transport-error.ts', 'UnreachableWhy', 'hint.unreachable_'],
];

describe('words for people', () => {
  it('every key that a source names is there', () => {
    const named = [...sources('lib'), ...sources('nodes')].flatMap((path) =>
      [...read(path).matchAll(/'((?:hint|sentence|page|reason|node|log|test)\.[a-z][\w.-]*)'/g)].map(
        ([, key = '']) => key,
      ),
    );
    assert.deepEqual(missing(named), []);
  });

  for (const [path, type, prefix] of built)
    it(`every ${type} has its ${prefix}…`, () => {
      const members = membersOf(path, type);
      assert.ok(members.length > 0, `${path} has no such type`);
      assert.deepEqual(missing(members.map((member) => prefix + member)), []);
    });

  it('every refusal of the owner API has a hint', () => {
    const refusals = sources('lib/built-in-server/api').flatMap((path) =>
      [...read(path).matchAll(/new Refusal\(\s*\d+,\s*'(\w+)'/g)].map(([, code = '']) => code),
    );
    assert.deepEqual(missing([...refusals, 'token', 'invalid_request'].map((code) => `hint.api_${code}`)), []);
  });

  it('every word of the pages is there', () => {
    const words = sources('lib/built-in-server/pages').flatMap((path) =>
      [...read(path).matchAll(/(?:word\(|help: )'(\w+)'/g)].map(([, key = '']) => `page.${key}`),
    );
    assert.ok(words.length > 15);
    assert.deepEqual(missing(words), []);
  });

  const languages: [name: string, messages: Record<string, string>][] = [
    ['English', english],
    ['German', german],
  ];
  for (const [name, messages] of languages) {
    it(`${name} sentences have balanced gaps of known forms, and no markup`, () => {
      for (const [key, sentence] of Object.entries(messages)) {
        assert.doesNotMatch(sentence.replace(GAP, ''), /[{}<>]/, key);
        assert.equal(sentence, sentence.trim(), key);
        assert.notEqual(sentence, '', key);
      }
    });

    it(`${name} keys stand in order, two spaces before each`, () => {
      const sorted = Object.fromEntries(Object.entries(messages).sort(([one], [other]) => (one < other ? -1 : 1)));
      const file = name === 'English' ? 'en' : 'de';
      assert.equal(read(`lib/sharing/text/${file}.json`), `${JSON.stringify(sorted, null, 2)}\n`);
    });
  }

  it('German says what English says, with the same gaps', () => {
    assert.deepEqual(Object.keys(german), Object.keys(english));
    const gapsOf = (sentence: string) => (sentence.match(GAP) ?? []).sort();
    for (const [key, sentence] of Object.entries(german as Record<string, string>))
      assert.deepEqual(gapsOf(sentence), gapsOf((english as Record<string, string>)[key] ?? ''), key);
  });

  it('German uses German quotation marks, and “du”', () => {
    for (const [key, sentence] of Object.entries(german)) {
      assert.doesNotMatch(sentence, /["'”]|\b(?:Ihnen|Ihre[mnrs]?)\b| Sie (?:bitte|können|müssen)/, key);
      const opened = [...sentence.matchAll(/„/g)].length;
      assert.equal([...sentence.matchAll(/“/g)].length, opened, key);
    }
  });
});

const GAP = /\{\w+(?:\|(?:moment|end|list|clauses|groups))?\}/g;

/** What the linter cannot measure: medians, and that nothing is a junk drawer. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

const sources = ['lib', 'nodes', 'portal', 'bin', 'demo']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((path) => join(root, folder, String(path))),
  )
  .filter((path) => /\.tsx?$/.test(path));

/** Lines that are neither empty nor comment. */
function codeLines(path: string): number {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

describe('the budgets', () => {
  it('keep the median file under 80 lines of code', () => assert.ok(median(sources.map(codeLines)) < 80));

  it('have no room for a junk drawer', () => {
    assert.deepEqual(
      sources
        .map((path) => basename(path))
        .filter((name) => /^(utils?|helpers?|common|misc|shared|tools)\b/.test(name)),
      [],
    );
  });

  it('hold a form to 120 lines', () => {
    const forms = readdirSync(join(root, 'nodes'), { recursive: true })
      .map(String)
      .filter((path) => path.endsWith('.html') && !path.includes('locales'));
    for (const form of forms)
      assert.ok(readFileSync(join(root, 'nodes', form), 'utf8').split('\n').length <= 121, form);
  });
});

/** `docs/conformance.md` names a test for every demand. Whether there is such a test, a reader should not have to look up. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

interface Row {
  line: number;
  demand: string;
  /** What stands in the last column. */
  shown: string;
}

/** The rows of every table, without those that only make it one. */
const rows: Row[] = readFileSync(join(root, 'docs', 'conformance.md'), 'utf8')
  .split('\n')
  .map((text, index) => ({ line: index + 1, cells: text.split('|').map((cell) => cell.trim()) }))
  .filter(({ cells }) => cells.length > 2 && !/^(section|trap|-+)$/.test(cells[1] ?? ''))
  .map(({ line, cells }) => ({ line, demand: cells.slice(1, -2).join(' | '), shown: cells.at(-2) ?? '' }));

/** Titles as they are written: of a template, the part that is the same for every case. */
function titlesIn(file: string): Set<string> {
  const source = readFileSync(join(root, 'test', file), 'utf8');
  const named = source.matchAll(
    /\b(?:it|describe)\(\s*(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)"|`((?:[^`\\]|\\.)+)`)/g,
  );
  return new Set([...named].map(([, ...quoted]) => fixedPart(quoted.find(Boolean) ?? '').replace(/\\(.)/g, '$1')));
}

/** A title that begins with what differs is compared as a whole: nothing would be left of it. */
function fixedPart(title: string): string {
  return title.split('${')[0] || title;
}

/** What a cell names, a line for each: files, and the titles behind each. Other lines are notes. */
function namedTests({ shown }: Row): { file: string; titles: string[] }[] {
  const tests: { file: string; titles: string[] }[] = [];
  for (const line of shown.split('<br>')) {
    const [, code] = /^`([^`]+)`$/.exec(line) ?? [];
    if (code?.endsWith('.test.ts')) tests.push({ file: code, titles: [] });
    else if (code !== undefined) tests.at(-1)?.titles.push(code);
  }
  return tests;
}

describe('docs/conformance.md', () => {
  it('is read: it has rows, and each names tests, or says why there are none', () => {
    assert.ok(rows.length > 150, `${rows.length} rows`);
    for (const row of rows) {
      const said = /does not apply|what-is-not-done/.test(row.shown);
      assert.ok(said || namedTests(row).length > 0, `line ${row.line}: ${row.demand}`);
      for (const { file, titles } of namedTests(row)) assert.ok(titles.length > 0, `line ${row.line}: ${file}`);
    }
  });

  it('names files and titles that are there', () => {
    const missing: string[] = [];
    for (const row of rows)
      for (const { file, titles } of namedTests(row)) {
        const known = existsSync(join(root, 'test', file)) ? titlesIn(file) : new Set<string>();
        for (const title of titles)
          if (!known.has(fixedPart(title))) missing.push(`line ${row.line}: ${file}: ${title}`);
      }
    assert.deepEqual(missing, []);
  });
});

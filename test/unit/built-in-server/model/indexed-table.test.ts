import assert from 'node:assert/strict';
import { openIndexedTable } from '../../../../lib/built-in-server/model/indexed-table.ts';
import { memoryStore } from '../../../support/memory-store.ts';

interface Row {
  id: string;
  tags: string[];
}

function rows() {
  const kind = { name: 'rows', version: 1, read: (stored: unknown) => stored as Row };
  const table = openIndexedTable(memoryStore(), kind, { tag: (row: Row) => row.tags });
  const put = (id: string, ...tags: string[]) => table.put(id, { id, tags });
  const ids = (tag: string, range = {}) => table.by('tag', tag, range).map(({ id }) => id);
  return { table, put, ids };
}

describe('indexed table', () => {
  it('finds records by what they say now, not by what they said', () => {
    const { table, put, ids } = rows();
    put('1', 'a', 'b');
    put('2', 'a');
    assert.deepEqual([ids('a'), ids('b'), table.count('tag', 'a')], [['1', '2'], ['1'], 2]);
    put('1', 'c');
    table.remove('2');
    table.remove('3');
    assert.deepEqual([ids('a'), ids('b'), ids('c')], [[], [], ['1']]);
  });

  it('goes on after a record, in both directions', () => {
    const { put, ids } = rows();
    for (const id of ['1', '2', '3', '4']) put(id, 'a');
    assert.deepEqual(ids('a', { after: '2', limit: 1 }), ['3']);
    assert.deepEqual(ids('a', { after: '3', reverse: true }), ['2', '1']);
  });

  it('no value reaches into another’s range, however it is made up', () => {
    const { put, ids } = rows();
    const values = ['a', 'a/1', 'a%2F1', '\ud800', '\ud801', '\ufffd', '%ud800', 'x'.repeat(600), 'x'.repeat(601), ''];
    for (const [index, value] of values.entries()) put(String(index), value);
    for (const [index, value] of values.entries()) assert.deepEqual(ids(value), [String(index)]);
  });

  it('an id that cannot be a key is not there', () => {
    const { table } = rows();
    assert.equal(table.get('\ud800'), undefined);
    assert.equal(table.get('x'.repeat(5000)), undefined);
  });
});

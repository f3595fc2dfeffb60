import assert from 'node:assert/strict';
import type { ServerChange } from '../../../lib/servers/authorization-server.ts';
import { readServerChange } from '../../../lib/servers/server-change.ts';

const whole: ServerChange[] = [
  { type: 'share-granted', number: 7, at: 1, share: 's', device: 'd', resource: 'r' },
  { type: 'share-ended', number: 7, at: 1, share: 's', device: 'd', resource: 'r' },
  { type: 'token-revoked', number: 7, at: 1, tokenHash: 'h' },
  { type: 'request-denied', number: 7, at: 1, device: 'd', resource: 'r' },
  { type: 'request-made', number: 7, at: 1, request: 'q', device: 'd', resource: 'r' },
  { type: 'device-state', number: 7, at: 1, device: 'd', state: 'quarantined' },
  { type: 'device-key', number: 7, at: 1, device: 'd', jkt: 'k' },
  { type: 'panic', number: 7, at: 1, owner: 'o' },
  { type: 'panic-ended', number: 7, at: 1, owner: 'o' },
  { type: 'gap', number: 7, at: 1, owner: 'o', panic: false },
];

describe('built-in server, reading a change', () => {
  for (const change of whole) {
    it(`reads ${change.type}, and nothing that lacks one of its members`, () => {
      const { number: _, ...wire } = change as ServerChange & { number: number };
      assert.deepEqual(readServerChange('7', JSON.stringify({ ...wire, later: 'more' })), change);
      for (const name of Object.keys(wire)) {
        assert.equal(readServerChange('7', JSON.stringify({ ...wire, [name]: undefined })), undefined, name);
        assert.equal(readServerChange('7', JSON.stringify({ ...wire, [name]: [] })), undefined, name);
      }
    });
  }

  it('reads why a share has ended, where it was used up', () => {
    const ended = { type: 'share-ended', at: 1, share: 's', device: 'd', resource: 'r' };
    const read = (why: unknown) => readServerChange('7', JSON.stringify({ ...ended, why }));
    assert.deepEqual(read('used_up'), { ...ended, number: 7, why: 'used_up' });
    for (const other of ['withdrawn', true, null]) assert.deepEqual(read(other), { ...ended, number: 7 });
  });

  it('reads why a device’s state has changed, where that is told', () => {
    const changed = { type: 'device-state', at: 1, device: 'd', state: 'retired' };
    const read = (why: unknown) => readServerChange('7', JSON.stringify({ ...changed, why }));
    assert.deepEqual(read('by_owner'), { ...changed, number: 7, why: 'by_owner' });
    for (const other of [undefined, '', 1, {}]) assert.deepEqual(read(other), { ...changed, number: 7 });
  });

  it('passes over what it does not understand', () => {
    const known = JSON.stringify(whole[0]);
    for (const id of ['', 'x', '-1', '1e3', '9'.repeat(16)]) assert.equal(readServerChange(id, known), undefined, id);
    for (const data of [
      '',
      '{',
      'null',
      '[]',
      '"share-ended"',
      '{"type":"toString","at":1}',
      '{"type":"moon","at":1}',
    ]) {
      assert.equal(readServerChange('7', data), undefined, data);
    }
    const state = JSON.stringify({ type: 'device-state', at: 1, device: 'd', state: 'asleep' });
    assert.equal(readServerChange('7', state), undefined);
  });
});

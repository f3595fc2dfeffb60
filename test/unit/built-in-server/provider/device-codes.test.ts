import assert from 'node:assert/strict';
import { createDeviceCodes } from '../../../../lib/built-in-server/provider/device-codes.ts';

describe('codes of the device flow', () => {
  const code = (clientId: string, userCode: string, exp = 600) => ({ jti: userCode, clientId, userCode, exp });

  it('RFC 8628 6.1: are found however they are typed, while nobody has answered', () => {
    const codes = createDeviceCodes(() => 0);
    codes.put('a', code('gw', 'BCDFGHJK'));
    for (const typed of ['BCDF-GHJK', 'bcdfghjk', ' bcdf ghjk ']) assert.equal(codes.waiting(typed)?.clientId, 'gw');
    codes.put('a', { ...code('gw', 'BCDFGHJK'), accountId: 'alice' });
    assert.equal(codes.waiting('BCDFGHJK'), undefined);
  });

  it('RFC 8628 3.5: once expired wait for nobody, and are remembered a while to say so', () => {
    let now = 0;
    const codes = createDeviceCodes(() => now * 1000);
    codes.put('a', code('gw', 'BCDFGHJK'));
    now = 600;
    assert.equal(codes.waiting('BCDFGHJK'), undefined);
    assert.ok(codes.find('a'), 'the poll hears expired_token');
    now = 1201;
    codes.put('b', code('other', 'LMNPQRST', 2000));
    assert.equal(codes.find('a'), undefined);
  });

  it('RFC 8628 3.5: whoever polls sooner than the interval is slowed down by five seconds each time', () => {
    let now = 0;
    const codes = createDeviceCodes(() => now * 1000);
    const at = (second: number) => {
      now = second;
      return codes.polledTooSoon('a');
    };
    codes.put('a', code('gw', 'BCDFGHJK'));
    assert.deepEqual([0, 2, 3.6].map(at), [false, false, false], 'what arrives a little early was sent in time');
    assert.deepEqual([4, 10, 22].map(at), [true, true, false], '7 s, then 12 s, less a tolerance');
    codes.put('a', { ...code('gw', 'BCDFGHJK'), accountId: 'alice' });
    assert.equal(at(20.1), false, 'an answer waits for nobody');
  });

  it('are taken once', () => {
    const codes = createDeviceCodes(() => 0);
    codes.put('a', code('gw', 'BCDFGHJK'));
    assert.deepEqual([codes.take('a'), codes.take('a')], [true, false]);
  });

  it('of one client are at most two, of all at most five hundred: the oldest go', () => {
    const codes = createDeviceCodes(() => 0);
    for (const id of ['a', 'b', 'c']) codes.put(id, code('gw', id));
    assert.deepEqual([codes.find('a'), codes.find('b')?.jti, codes.find('c')?.jti], [undefined, 'b', 'c']);
    for (let n = 0; n < 500; n++) codes.put(`id${n}`, code(`client${n}`, `code${n}`));
    assert.equal(codes.find('b'), undefined);
    assert.ok(codes.find('id0'));
  });

  it('go with their client', () => {
    const codes = createDeviceCodes(() => 0);
    codes.put('a', code('gw', 'BCDFGHJK'));
    codes.removeOfClient('gw');
    assert.equal(codes.find('a'), undefined);
  });
});

import assert from 'node:assert/strict';
import { openConnectionState } from '../../../lib/servers/connection-state.ts';
import { memoryStore } from '../../support/memory-store.ts';

const code = { deviceCode: 'd', userCode: 'u', verificationUri: 'v', expiresAtMs: 1, intervalMs: 2 };

describe('what a gateway remembers of its server', () => {
  it('one server’s things are not another’s', async () => {
    const store = memoryStore();
    const one = openConnectionState(store, 'http://one.test');
    await one.update({ connection: { clientId: 'gw_1' }, secrets: { pendingCode: code } });
    assert.deepEqual(openConnectionState(store, 'http://two.test').connection(), {});
    assert.deepEqual(openConnectionState(store, 'http://one.test').secrets(), { pendingCode: code });
  });

  it('changes what is named, removes what is named as undefined, and leaves the rest', async () => {
    const state = openConnectionState(memoryStore(), 'http://one.test');
    await state.update({ connection: { clientId: 'gw_1', owner: 'alice', lastEvent: 7 } });
    await state.update({ connection: { owner: undefined, lastEvent: 8 } });
    assert.deepEqual(state.connection(), { clientId: 'gw_1', lastEvent: 8 });
    await state.forget();
    assert.deepEqual(state.connection(), {});
  });

  it('says at once who the gateway is now, also where a transaction around it failed', async () => {
    const store = memoryStore();
    const state = openConnectionState(store, 'http://one.test');
    assert.deepEqual(state.standing(), {});
    const written = state.update({ connection: { clientId: 'gw_1', lastEvent: 7 } });
    assert.deepEqual(state.standing(), { clientId: 'gw_1' }, 'before it is on disk');
    await written;
    assert.equal(state.standing(), state.standing(), 'one object while nothing changes');
    const failing = store.transaction(() => {
      state.update({ connection: { clientId: 'gw_2' } }).catch(() => {});
      assert.deepEqual(state.standing(), { clientId: 'gw_2' });
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    assert.deepEqual(state.standing(), { clientId: 'gw_1' });
    await state.forget();
    assert.deepEqual(state.standing(), {});
  });

  it('keeps whatever opens a door in the sealed table', async () => {
    const store = memoryStore();
    const sealed = new Map<string, boolean>();
    const table: typeof store.table = (kind) => {
      sealed.set(kind.name, kind.sealed === true);
      return store.table(kind);
    };
    openConnectionState({ ...store, table }, 'http://one.test');
    assert.deepEqual(Object.fromEntries(sealed), { 'server-connection': false, 'server-secrets': true });
  });

  for (const [name, row] of [
    ['server-connection', 'text'],
    ['server-connection', { serverKeys: 'one' }],
    ['server-secrets', null],
    ['server-secrets', { pendingCode: { ...code, deviceCode: 7 } }],
    ['server-secrets', { pendingCode: { ...code, expiresAtMs: 'soon' } }],
    ['server-secrets', { owner: { scopes: [] } }],
    ['server-secrets', { owner: { refreshToken: 'r', scopes: [7] } }],
  ] as const) {
    it(`a damaged record stops, and is not half believed: ${name} ${JSON.stringify(row)}`, () => {
      const store = memoryStore();
      store.table<unknown>({ name, version: 1, read: (stored) => stored }).put('http://one.test', row);
      const state = openConnectionState(store, 'http://one.test');
      assert.throws(() => (name === 'server-connection' ? state.connection() : state.secrets()), TypeError);
    });
  }
});

import assert from 'node:assert/strict';
import { openCredentials } from '../../../../lib/built-in-server/provider/issued-tokens.ts';
import { memoryStore } from '../../../support/memory-store.ts';

describe('what was handed to clients', () => {
  let nowMs = 1_000_000;
  const open = () => openCredentials(memoryStore(), () => nowMs);
  const payload = (more: object = {}) => ({ clientId: 'gw', iat: 1000, exp: 5000, scope: 'uma_protection', ...more });
  const client = (more: object = {}) => ({
    clientId: 'gw',
    kind: 'gateway' as const,
    name: 'Node-RED',
    jwk: { kty: 'OKP' as const, crv: 'Ed25519' as const, x: 'x' },
    thumbprint: 'print',
    grantTypes: [],
    issuedAt: 0,
    ...more,
  });

  it('keeps a token under its hash, never itself', () => {
    const store = memoryStore();
    const { tokens } = openCredentials(store, () => nowMs);
    tokens.put('ClientCredentials', 'very-secret', payload());
    assert.equal(tokens.find('ClientCredentials', 'very-secret')?.clientId, 'gw');
    assert.equal(tokens.find('AccessToken', 'very-secret'), undefined);
    const table = store.table({ name: 'oauth-tokens', version: 1, read: (stored) => stored });
    assert.doesNotMatch(JSON.stringify([...table.entries()]), /very-secret/);
  });

  it('G 5.2: keeps a claims token under its hash, never itself', () => {
    const store = memoryStore();
    const pct = openCredentials(store, () => nowMs).pcts.issue('kettle', 'Bob');
    const rows = [...store.table({ name: 'pcts', version: 1, read: (stored) => stored }).entries()];
    assert.match(JSON.stringify(rows), /Bob/);
    assert.ok(!JSON.stringify(rows).includes(pct.slice(pct.indexOf('_') + 1)));
  });

  it('finds no expired token and sweeps it away', async () => {
    const { tokens, sweep } = open();
    tokens.put('ClientCredentials', 'old', payload({ exp: 1000 }));
    assert.equal(tokens.find('ClientCredentials', 'old'), undefined);
    await sweep();
  });

  it('keeps the newest sixteen tokens of a client: one that asks in a loop fills nothing', () => {
    const { tokens } = open();
    for (let n = 0; n < 20; n++) tokens.put('ClientCredentials', `t${n}`, payload({ iat: 1000 + n }));
    const alive = Array.from({ length: 20 }, (_, n) => tokens.find('ClientCredentials', `t${n}`) !== undefined);
    assert.equal(alive.filter(Boolean).length, 16);
    assert.deepEqual(alive.slice(0, 4), [false, false, false, false]);
  });

  it('ends what an owner gave, and leaves what the gateway has by itself', () => {
    const { tokens, issued } = open();
    tokens.put('ClientCredentials', 'pat', payload());
    for (const kind of ['AccessToken', 'RefreshToken', 'Grant'] as const) {
      tokens.put(kind, 'given', payload({ accountId: 'alice', grantId: 'g' }));
    }
    issued.endAuthority('alice');
    for (const kind of ['AccessToken', 'RefreshToken', 'Grant'] as const)
      assert.equal(tokens.find(kind, 'given'), undefined);
    assert.ok(tokens.find('ClientCredentials', 'pat'));
    issued.endClient('gw');
    assert.equal(tokens.find('ClientCredentials', 'pat'), undefined);
  });

  it('forgets a gateway nobody approved, and keeps the key of any other for ever', () => {
    const { clients, issued } = open();
    clients.put(client());
    issued.endClient('gw');
    assert.equal(clients.byThumbprint('print'), undefined);
    clients.put(client({ scope: 'uma_protection shares:read' }));
    issued.endClient('gw');
    assert.equal(clients.get('gw'), undefined);
    assert.equal(clients.byThumbprint('print')?.clientId, 'gw');
  });

  it('ends requesting party tokens by whatever they rest on, and tells only of those that may still be honoured', () => {
    const { rpts, issued } = open();
    const rpt = (hash: string, more: object = {}) => ({
      hash,
      device: 'dev',
      gateway: 'gw',
      owner: 'alice',
      jkt: 'print',
      issuedAt: 1000,
      expiresAt: 1300,
      permissions: [{ resource: 'res', scopes: ['start'], exp: 1300, share: 'sh' }],
      ...more,
    });
    const endings = [
      () => issued.endByHash('a'),
      () => issued.endByShare('sh'),
      () => issued.endByDevice('dev'),
      () => issued.endByResource('res'),
      () => issued.endByGateway('gw'),
    ];
    for (const end of endings) {
      rpts.put(rpt('a'));
      assert.deepEqual(end(), [{ hash: 'a', gateway: 'gw' }]);
      assert.equal(rpts.get('a'), undefined);
      assert.deepEqual(end(), []);
    }
    rpts.put(rpt('a'));
    nowMs = 1_359_000;
    assert.equal(rpts.get('a'), undefined);
    rpts.sweep();
    assert.deepEqual(issued.endByShare('sh'), [{ hash: 'a', gateway: 'gw' }], 'a gateway’s leeway may still honour it');
    rpts.put(rpt('a'));
    nowMs = 1_360_000;
    assert.deepEqual(issued.endByShare('sh'), []);
    nowMs = 1_000_000;
  });
});

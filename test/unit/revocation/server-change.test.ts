import assert from 'node:assert/strict';
import { createRevocation, type Revocation } from '../../../lib/revocation/revoke.ts';
import type { ShareWish } from '../../../lib/sharing/share.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { fakeServer } from './fake-server.ts';
import { fakeTimers, settle } from './fake-timers.ts';
import { ask, token } from './tokens.ts';

const wish: ShareWish = {
  resource: 'boiler',
  party: { kind: 'device', id: 'thermostat' },
  scopes: ['on'],
  conditions: {},
};
const fresh = token({ issuedAt: 5_000 });
const event = { number: 1, at: 1_000 };

describe('what the server tells', () => {
  const store = memoryStore;
  let revocation: Revocation;
  let server: ReturnType<typeof fakeServer>;
  let reopen: (uniqueShareIds?: boolean) => Revocation;
  beforeEach(() => {
    const kept = store();
    server = fakeServer();
    reopen = (uniqueShareIds = true) => {
      const parts = { store: kept, server, timers: fakeTimers(), now: () => 1_000, maxTokenLifetimeSeconds: 300 };
      revocation = createRevocation({ ...parts, uniqueShareIds });
      return revocation;
    };
    reopen();
  });
  afterEach(() => revocation.close());

  it('ends a share that was ended elsewhere, for ever and through a restart', async () => {
    const told = revocation.denyFromServer({
      type: 'share-ended',
      ...event,
      share: 'sh_1',
      device: 'thermostat',
      resource: 'boiler',
    });
    assert.equal(ask(revocation.denylist, fresh), 'revoked', 'in the same tick');
    await told;
    assert.equal(ask(reopen().denylist, fresh), 'revoked');
    assert.deepEqual(revocation.denylist.open(), []);
    assert.deepEqual(server.calls, [], 'the server knows');
  });

  it('refuses older tokens without a share that may rest on the ended one', async () => {
    await revocation.denyFromServer({
      type: 'share-ended',
      ...event,
      share: 'sh_9',
      device: 'thermostat',
      resource: 'boiler',
    });
    const permissions = [{ resource: 'boiler', scopes: ['on'] }];
    assert.equal(ask(revocation.denylist, token({ permissions })), 'revoked');
    assert.equal(ask(revocation.denylist, token({ permissions, issuedAt: 1_002 })), undefined);
  });

  it('ends a token', async () => {
    await revocation.denyFromServer({ type: 'token-revoked', ...event, tokenHash: 'hash' });
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    assert.equal(ask(revocation.denylist, fresh, undefined, 'another'), undefined);
  });

  it('stops everything in a panic until its owner has ended it; what was withdrawn stays withdrawn', async () => {
    await revocation.denyFromServer({
      type: 'share-ended',
      ...event,
      share: 'sh_1',
      device: 'thermostat',
      resource: 'boiler',
    });
    const other = token({ permissions: [{ resource: 'boiler', scopes: ['on'], share: 'sh_2' }], issuedAt: 5_000 });
    assert.equal(ask(revocation.denylist, other), undefined);
    await revocation.denyFromServer({ type: 'panic', ...event, owner: 'alice' });
    await revocation.denyFromServer({ type: 'panic', ...event, owner: 'alice' });
    assert.equal(ask(reopen().denylist, other), 'revoked');
    assert.equal(revocation.denylist.overlapping(wish)?.key, 'hint.grant_panic');
    await revocation.denyFromServer({ type: 'panic-ended', ...event, owner: 'alice' });
    assert.equal(ask(revocation.denylist, other), undefined);
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    await revocation.denyFromServer({ type: 'panic-ended', ...event, owner: 'alice' });
  });

  it('brings nothing back that was issued before a panic: what was narrowed or revoked meanwhile was never told', async () => {
    const permissions = [{ resource: 'boiler', scopes: ['on'], share: 'sh_2' }];
    const of = (issuedAt: number) => token({ permissions, issuedAt });
    await revocation.denyFromServer({ type: 'panic', ...event, at: 900, owner: 'alice' });
    await revocation.denyFromServer({ type: 'panic-ended', ...event, owner: 'alice' });
    assert.equal(ask(revocation.denylist, of(899)), 'revoked');
    assert.equal(ask(revocation.denylist, of(900)), 'revoked');
    assert.equal(ask(revocation.denylist, of(1_000)), undefined, 'issued after it');
    assert.equal(ask(reopen().denylist, of(899)), 'revoked', 'through a restart');
  });

  it('refuses all that was issued before a gap, and goes by what the server says of a panic', async () => {
    const told = revocation.denyFromServer({ type: 'gap', ...event, owner: 'alice', panic: false });
    assert.equal(ask(revocation.denylist), 'revoked', 'in the same tick');
    await told;
    assert.equal(ask(reopen().denylist), 'revoked');
    assert.equal(ask(revocation.denylist, fresh), undefined);
    await revocation.denyFromServer({ type: 'panic', ...event, owner: 'alice' });
    await revocation.denyFromServer({ type: 'gap', ...event, owner: 'alice', panic: false });
    assert.equal(ask(revocation.denylist, fresh), undefined, 'the end of the panic was missed');
    await revocation.denyFromServer({ type: 'gap', ...event, owner: 'alice', panic: true });
    assert.equal(ask(revocation.denylist, fresh), 'revoked', 'the panic was missed');
    assert.equal(revocation.denylist.overlapping(wish)?.key, 'hint.grant_panic');
  });

  it('stays stopped where a server that was put back from a backup has forgotten the panic, until its owner ends it', async () => {
    await revocation.denyFromServer({ type: 'panic', ...event, owner: 'alice' });
    await revocation.denyFromServer({ type: 'gap', ...event, owner: 'alice', panic: false, restored: true });
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    assert.equal(ask(reopen().denylist, fresh), 'revoked', 'through a restart');
    await revocation.denyFromServer({ type: 'panic-ended', ...event, owner: 'alice' });
    assert.equal(ask(revocation.denylist, fresh), undefined);
  });

  it('leaves an own revocation of everything to its own confirmation when a panic ends', async () => {
    const asked = revocation.revoke({ everything: 'alice' }, { why: 'panic', confirmWithinMs: 0 });
    await settle();
    await revocation.denyFromServer({ type: 'panic-ended', ...event, owner: 'alice' });
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    server.last().answer({ at: 1_000 });
    await asked;
    assert.equal(ask(revocation.denylist), 'revoked');
    assert.equal(ask(revocation.denylist, fresh), undefined);
  });

  it('lifts nothing by what it grants, and denies nothing by what does not end anything', async () => {
    void revocation.revoke({ device: 'thermostat' }, { confirmWithinMs: 0 }).catch(() => {});
    await revocation.denyFromServer({
      type: 'share-granted',
      ...event,
      share: 'sh_3',
      device: 'thermostat',
      resource: 'boiler',
    });
    await revocation.denyFromServer({ type: 'alive' });
    await revocation.denyFromServer({ type: 'request-denied', ...event, device: 'lamp', resource: 'boiler' });
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    assert.equal(revocation.denylist.open().length, 1);
  });

  it('blocks by hand until lifted: a quarantine, and what no server can withdraw', async () => {
    await revocation.quarantine.block('thermostat');
    await revocation.quarantine.block('thermostat');
    const order = await revocation.block({ resource: 'boiler' }, 'revoked');
    assert.equal(ask(reopen().denylist, fresh), 'quarantined');
    assert.equal(revocation.denylist.overlapping({ ...wish, resource: 'door' })?.key, 'hint.grant_quarantined');
    await revocation.quarantine.lift('thermostat');
    assert.equal(ask(revocation.denylist, fresh), 'revoked');
    assert.equal(revocation.denylist.overlapping(wish)?.key, 'hint.grant_blocked');
    await revocation.lift(order);
    assert.equal(ask(revocation.denylist, fresh), undefined);
    assert.equal(revocation.denylist.overlapping(wish), undefined);
    assert.deepEqual(server.calls, []);
  });

  it('refuses with a sentence to share what is still being ended', async () => {
    const ending = (target: Parameters<Revocation['revoke']>[0]) => revocation.revoke(target).catch(() => {});
    const person: ShareWish = { ...wish, party: { kind: 'person', id: 'thermostat' } };
    const said = (other = wish) => revocation.denylist.overlapping(other);
    void ending({ token: 'hash' });
    void ending({ share: 'sh_1' });
    assert.equal(said(), undefined, 'a new share has a new id');
    void ending({ pair: { device: 'thermostat', resource: 'boiler', scopes: ['on'] } });
    assert.deepEqual(said(), { key: 'hint.grant_still_ending', values: { resource: 'boiler', party: 'thermostat' } });
    assert.equal(said({ ...wish, scopes: ['off'] }), undefined);
    assert.equal(said({ ...wish, resource: 'door' }), undefined);
    assert.equal(said(person), undefined);
    void ending({ device: 'thermostat' });
    assert.equal(said(person), undefined);
    assert.ok(said({ ...wish, resource: 'door' }));
    void ending({ resource: 'boiler' });
    assert.ok(said(person));
  });

  it('refuses it for a share too where the server may give its id again', async () => {
    reopen(false);
    void revocation.denylist.deny({
      ...{ order: 'o', target: { share: 'sh_1' }, why: 'revoked', at: 1_000, kind: 'block', liftable: false },
      ended: [{ share: 'sh_1', device: 'thermostat', resource: 'boiler', scopes: [] }],
    });
    assert.equal(revocation.denylist.overlapping(wish)?.key, 'hint.grant_still_ending');
    assert.equal(revocation.denylist.overlapping({ ...wish, resource: 'door' }), undefined);
  });
});

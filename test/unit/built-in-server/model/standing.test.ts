/** Devices, panic, sessions, set-up codes and registration tokens. */
import assert from 'node:assert/strict';
import { createSetUp } from '../../../../lib/built-in-server/model/set-up.ts';
import { aHome, alice, device, START_MS, wish } from './a-home.ts';

describe('devices', () => {
  it('beyond 1,000 unclaimed ones the oldest goes, with its client', () => {
    const gone: string[] = [];
    const { model } = aHome({ endClient: (id) => void gone.push(id) });
    for (let n = 0; n < 1000; n += 1) model.devices.put(device(`d${n}`, { createdAt: START_MS / 1000 + 1 + n }));
    assert.deepEqual(gone, ['thermostat']);
    assert.equal(model.devices.unclaimed().length, 1000);
  });

  it('unclaimed ones are forgotten after a day, claimed ones never', () => {
    const { model, clock } = aHome();
    model.devices.claim('thermostat', 'alice', alice);
    model.devices.put(device('stranger'));
    clock.ms += 24 * 3_600_000 + 1_000;
    model.devices.put(device('newcomer', { createdAt: clock.ms / 1000 }));
    assert.equal(model.devices.get('stranger'), undefined);
    assert.ok(model.devices.get('thermostat'));
  });

  it('a claim is the first owner’s; names that look alike are taken', () => {
    const { model } = aHome();
    model.devices.claim('thermostat', 'alice', alice, 'Thermostat');
    model.devices.claim('thermostat', 'alice', alice);
    assert.throws(() => model.devices.claim('thermostat', 'bob', { kind: 'owner', owner: 'bob' }), {
      code: 'device_of_another',
    });
    assert.throws(() => model.devices.claim('nobody', 'alice', alice), { code: 'device_unknown' });
    assert.equal(model.devices.nameTaken('THERMOSTAT '), true);
    assert.equal(model.devices.nameTaken('Thermostat', 'thermostat'), false);
    assert.equal(model.devices.byThumbprint('jkt-thermostat')?.owner, 'alice');
  });

  it('suspending ends its tokens and tells every gateway that shares with it', () => {
    const { model } = aHome({ endByDevice: () => [{ hash: 'h', gateway: 'gw-alice' }] });
    model.shares.grant(wish(), 'alice', alice);
    const events = model.devices.setState('thermostat', 'quarantined', 'test', alice);
    assert.equal(events.length, 2);
    assert.deepEqual(model.devices.setState('thermostat', 'quarantined', 'test', alice), []);
    const told = model.events.since(0, 'gw-alice').map(({ change }) => change.type);
    assert.deepEqual(told.slice(-2), ['device-state', 'token-revoked']);
  });
});

describe('panic', () => {
  it('stops granting and ends the authority of gateways, until its owner ends it', () => {
    const ended: string[] = [];
    const { model } = aHome({ endAuthority: (owner) => void ended.push(owner) });
    const { share } = model.shares.grant(wish(), 'alice', alice);
    const withdrawn = model.shares.grant(wish(['stop']), 'alice', alice).share;
    model.shares.end(withdrawn.id, 'withdrawn', alice);
    model.panic.start('alice', alice);
    assert.deepEqual(ended, ['alice']);
    assert.equal(model.panic.active('alice'), true);
    assert.equal(model.panic.active('bob'), false);
    assert.throws(() => model.shares.grant(wish(['start', 'stop']), 'alice', alice), { code: 'panic_active' });
    assert.deepEqual(model.panic.start('alice', alice).events, [], 'twice tells nobody anything new');
    model.panic.end('alice', alice, model.panic.pressed('alice'));
    assert.equal(model.panic.active('alice'), false);
    assert.equal(model.shares.get(share.id)?.ended, undefined, 'shares stay');
    assert.ok(model.shares.get(withdrawn.id)?.ended, 'withdrawn ones stay withdrawn');
    const told = model.events.since(0, 'gw-alice').map(({ change }) => change.type);
    assert.deepEqual(told.slice(-2), ['panic', 'panic-ended']);
    const ends = () => model.history.list('alice', { limit: 100 }).filter(({ what }) => what === 'panic_ended').length;
    const again = model.panic.end('alice', alice, model.panic.pressed('alice')).events;
    assert.deepEqual(
      [again.length, ends()],
      [1, 1],
      'told to gateways once more, which may know of one, and written once',
    );
  });

  it('is not ended by whoever began to before it was pressed again', () => {
    const { model } = aHome();
    model.panic.start('alice', alice);
    const seen = model.panic.pressed('alice');
    model.panic.start('alice', alice);
    assert.throws(() => model.panic.end('alice', alice, seen), { code: 'panic_active' });
    assert.equal(model.panic.active('alice'), true);
    model.panic.end('alice', alice, model.panic.pressed('alice'));
    assert.equal(model.panic.active('alice'), false);
  });

  it('tells other owners’ gateways which tokens of her devices ended', () => {
    const { model } = aHome({ endByDevice: (id) => (id === 'lamp' ? [{ hash: 'h', gateway: 'gw-bob' }] : []) });
    model.devices.put(device('lamp', { owner: 'alice', state: 'active' }));
    model.panic.start('alice', alice);
    assert.deepEqual(
      model.events.since(0, 'gw-bob').map(({ change }) => change.type),
      ['token-revoked'],
    );
  });
});

describe('sessions', () => {
  it('need both halves, and expire', () => {
    const { model, clock } = aHome();
    const { cookie, csrf } = model.sessions.open('alice');
    const other = model.sessions.open('alice');
    assert.equal(model.sessions.check(cookie, csrf)?.owner, 'alice');
    assert.equal(model.sessions.check(cookie, other.csrf), undefined);
    assert.equal(model.sessions.check(cookie, ''), undefined);
    assert.equal(model.sessions.check(csrf, cookie), undefined);
    clock.ms += 30 * 24 * 3_600_000;
    assert.equal(model.sessions.check(cookie, csrf), undefined);
  });

  it('are at most twenty per owner: the oldest ends', () => {
    const { model, clock } = aHome();
    const bobs = model.sessions.open('bob');
    const first = model.sessions.open('alice');
    for (let n = 0; n < 20; n += 1) {
      clock.ms += 1_000;
      model.sessions.open('alice');
    }
    assert.equal(model.sessions.list('alice').length, 20);
    assert.equal(model.sessions.check(first.cookie, first.csrf), undefined);
    assert.ok(model.sessions.check(bobs.cookie, bobs.csrf));
  });

  it('are closed one by one or all but one, the owner’s own only', () => {
    const { model } = aHome();
    const bobs = model.sessions.open('bob');
    const mine = model.sessions.open('alice');
    model.sessions.open('alice');
    assert.equal(model.sessions.close('alice', bobs.id), false);
    model.sessions.closeOthers('alice', mine.id);
    assert.deepEqual(
      model.sessions.list('alice').map(({ id }) => id),
      [mine.id],
    );
    assert.equal(model.sessions.close('alice', mine.id), true);
    assert.equal(model.sessions.list('bob').length, 1);
  });
});

describe('set-up codes', () => {
  it('are good for 15 minutes, while there is no owner', () => {
    const clock = { ms: 0, any: false };
    const setUp = createSetUp({ anyOwner: () => clock.any, resetOwner: false, nowMs: () => clock.ms });
    const code = setUp.newCode() ?? '';
    assert.match(code, /^[\w-]{22}$/);
    assert.equal(setUp.valid(code), true);
    assert.equal(setUp.valid(`${code}x`), false);
    clock.ms += 15 * 60_000;
    assert.equal(setUp.valid(code), false);
    clock.any = true;
    assert.equal(setUp.newCode(), undefined);
  });

  it('are used up by the owner that is made, also where an owner is reset', () => {
    const setUp = createSetUp({ anyOwner: () => true, resetOwner: true, nowMs: () => 0 });
    const codes = Array.from({ length: 6 }, () => setUp.newCode() ?? '');
    assert.deepEqual(
      codes.map((code) => setUp.valid(code)),
      [false, true, true, true, true, true],
    );
    setUp.done();
    assert.equal(setUp.open(), false);
    assert.deepEqual(
      codes.filter((code) => setUp.valid(code)),
      [],
    );
  });
});

describe('registration tokens', () => {
  it('are used as often as they say, and expire', () => {
    const { model, clock } = aHome();
    const { token } = model.registrationTokens.make({ owner: 'alice', for: 'device', uses: 2, expiresInSeconds: 60 });
    assert.equal(model.registrationTokens.find(token)?.owner, 'alice');
    const taken = [1, 2, 3].map(() => model.registrationTokens.take(token)?.owner);
    assert.deepEqual(taken, ['alice', 'alice', undefined]);
    const late = model.registrationTokens.make({ owner: 'alice', for: 'gateway', uses: 1, expiresInSeconds: 60 });
    clock.ms += 60_000;
    assert.equal(model.registrationTokens.take(late.token), undefined);
  });

  it('are bounded in number, uses and life', () => {
    const { model, clock } = aHome();
    const make = (some: object) =>
      model.registrationTokens.make({ owner: 'alice', for: 'device', uses: 1, expiresInSeconds: 60, ...some });
    for (const some of [{ uses: 0 }, { uses: 101 }, { uses: 1.5 }, { expiresInSeconds: 0 }, { expiresInSeconds: 1e9 }])
      assert.throws(() => make(some), { code: 'invalid_request' });
    for (let n = 0; n < 100; n += 1) make({});
    assert.throws(() => make({}), { code: 'too_many' });
    clock.ms += 60_000;
    make({});
  });
});

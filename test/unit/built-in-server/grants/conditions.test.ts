/** What conditions of a share make of a ticket: when there is a token, until when, and when its owner is asked. */
import assert from 'node:assert/strict';
import { givenAgain } from '../../../../lib/built-in-server/grants/covered.ts';
import { decide, type Verdict } from '../../../../lib/built-in-server/grants/decide.ts';
import { issueRpt, type RptParts } from '../../../../lib/built-in-server/grants/issue-rpt.ts';
import type { RptRecord } from '../../../../lib/built-in-server/model/rpts.ts';
import type { Conditions } from '../../../../lib/sharing/share.ts';
import { noTokens } from '../../../support/no-tokens.ts';
import { aHome, alice, device, type Home, START_MS, wish } from '../model/a-home.ts';

/** START_MS is a Friday, 08:00 UTC. */
const NOW = START_MS / 1000;
const HOUR = 3600;
const TEN_TO_NOON = { weekly: { timeZone: 'UTC', windows: [{ days: [5], from: '10:00', to: '12:00' }] } };

function ask({ model }: Home, scopes = ['start'], earlier?: RptRecord, person?: string): Verdict {
  const ticket = { gateway: 'gw-alice', permissions: [{ resource: 'dishwasher', scopes }] };
  return decide(model, {
    device: 'thermostat',
    person,
    canAskPerson: false,
    ticket,
    scopes: [],
    registeredScopes: [],
    earlier,
  });
}

/** As the grant does with a yes; only the token itself is left out. */
function take(home: Home, scopes = ['start']): Verdict & { kind: 'granted' } {
  const verdict = ask(home, scopes);
  assert.ok(verdict.kind === 'granted', verdict.kind);
  const { owner, permissions, expiresAt } = verdict;
  const fake = { rpts: { put: () => {} }, issued: noTokens() };
  const parts = { issuer: '', model: home.model, credentials: fake, keys: { signJwt: () => 'a.b.c' } };
  const content = { device: 'thermostat', gateway: 'gw-alice', owner, jkt: 'jkt', expiresAt, permissions };
  issueRpt(parts as unknown as RptParts, content, undefined);
  return verdict;
}

function shared(conditions: Conditions, scopes?: string[], more = {}) {
  const home = aHome();
  if (Object.keys(more).length > 0) home.model.devices.put(device('thermostat', more));
  const { share } = home.model.shares.grant(wish(scopes, conditions), 'alice', alice);
  return { ...home, share };
}

const asked = ({ model }: Home) => model.requests.list('alice').map(({ scopes }) => scopes);

describe('conditions and the uma-ticket grant', () => {
  it('G 3.3.6: outside its hours a device is denied, and its owner, who has said when, is not asked', () => {
    const home = shared(TEN_TO_NOON);
    assert.equal(new Date(START_MS).getUTCDay(), 5);
    assert.deepEqual(ask(home), { kind: 'not-now' });
    assert.deepEqual(asked(home), []);
    home.clock.ms += 2 * HOUR * 1000;
    assert.equal(ask(home).kind, 'granted');
    home.clock.ms += 2 * HOUR * 1000;
    assert.deepEqual(ask(home), { kind: 'not-now' });
  });

  it('G 3.3.6: nor before the share begins; but once it is over, its owner is asked again', () => {
    const home = shared({ notBefore: NOW + 60, until: NOW + 120 });
    assert.deepEqual(ask(home), { kind: 'not-now' });
    assert.deepEqual(asked(home), []);
    home.clock.ms += 120_000;
    assert.deepEqual(ask(home), { kind: 'asked' });
    assert.deepEqual(asked(home), [['start']]);
  });

  it('G 3.3.6: the owner is asked for what no share gives, and only for that', () => {
    const home = shared(TEN_TO_NOON);
    assert.deepEqual(ask(home, ['start', 'stop']), { kind: 'asked' });
    assert.deepEqual(asked(home), [['stop']]);
  });

  it('neither token nor permission outlives the hours or the share', () => {
    const home = shared({ ...TEN_TO_NOON, until: NOW + 4 * HOUR - 30 });
    home.clock.ms += 2 * HOUR * 1000;
    const noon = NOW + 4 * HOUR;
    const at = (ms: number) => {
      home.clock.ms = ms;
      const { permissions, expiresAt } = take(home);
      const [permission] = permissions;
      assert.equal(permission?.exp, expiresAt);
      return [expiresAt - ms / 1000, permission?.windowEnd];
    };
    assert.deepEqual(at(START_MS + 2 * HOUR * 1000), [300, noon]);
    assert.deepEqual(at((noon - 100) * 1000), [70, noon]);
  });

  it('a share for one message gives one token of a minute, and the next when that has expired everywhere', () => {
    const home = shared({ once: true });
    const { permissions, expiresAt } = take(home);
    assert.deepEqual(permissions, [
      { resource: 'dishwasher', scopes: ['start'], share: home.share.id, exp: NOW + 60, once: true },
    ]);
    assert.equal(expiresAt, NOW + 60);
    for (const seconds of [0, 59, 60, 119]) {
      home.clock.ms = START_MS + seconds * 1000;
      assert.deepEqual(ask(home), { kind: 'not-now' }, `after ${seconds} s`);
    }
    home.clock.ms = START_MS + 120_000;
    assert.equal(take(home).expiresAt, NOW + 180, 'unused, it is given back');
    assert.deepEqual(asked(home), []);
  });

  it('a message that another share gives as well uses up none that is for one message', () => {
    const home = shared({ once: true }, ['start', 'stop']);
    const { share } = home.model.shares.grant(wish(['start']), 'alice', alice);
    assert.deepEqual(
      take(home).permissions.map((permission) => permission.share),
      [share.id],
    );
    const both = take(home, ['start', 'stop']).permissions;
    assert.deepEqual(
      both.map(({ scopes, once }) => ({ scopes, once })),
      [
        { scopes: ['start'], once: undefined },
        { scopes: ['stop'], once: true },
      ],
    );
  });

  it('an upgrade (G 3.3.5) lengthens no permission for one message', () => {
    const home = shared({ once: true });
    home.model.shares.grant(wish(['stop']), 'alice', alice);
    const { permissions, owner, expiresAt } = take(home);
    const earlier = { hash: 'h', device: 'thermostat', gateway: 'gw-alice', owner, jkt: '', issuedAt: NOW };
    home.clock.ms += 30_000;
    const verdict = ask(home, ['stop'], { ...earlier, permissions, expiresAt });
    assert.ok(verdict.kind === 'granted' && verdict.upgraded);
    assert.equal(verdict.expiresAt, NOW + 60);
    const once = verdict.permissions.find((permission) => permission.once);
    assert.deepEqual([once?.share, once?.exp], [home.share.id, NOW + 60]);
  });

  it('changing a share for one message takes its token back and gives another', () => {
    const home = shared({ once: true }, ['start', 'stop']);
    take(home);
    home.model.shares.change(home.share.id, { scopes: ['start'] }, alice);
    assert.equal(ask(home).kind, 'granted');
  });

  it('G 3.6: a permission is given again within the hours of its share, no longer than they last, never for one message', () => {
    const home = shared(TEN_TO_NOON);
    const permission = { resource: 'dishwasher', scopes: ['start'], share: home.share.id };
    const again = (seconds: number) => givenAgain(home.model, permission, 'thermostat', NOW + seconds);
    assert.equal(again(0), undefined);
    assert.deepEqual(again(2 * HOUR), { ...permission, exp: NOW + 2 * HOUR + 300, windowEnd: NOW + 4 * HOUR });
    assert.equal(again(4 * HOUR - 30)?.exp, NOW + 4 * HOUR);
    assert.equal(again(4 * HOUR), undefined);
    const once = shared({ once: true });
    assert.equal(givenAgain(once.model, { ...permission, share: once.share.id }, 'thermostat', NOW), undefined);
    home.model.shares.end(home.share.id, 'withdrawn', alice);
    assert.equal(again(2 * HOUR), undefined);
  });

  it('G 3.3.6: what a person was given for other hours is not asked for again by their device', () => {
    const home = aHome();
    home.model.devices.put(device('thermostat', { owner: 'alice', state: 'active' }));
    const party = { kind: 'person', id: 'bob' } as const;
    home.model.shares.grant({ ...wish(), party, conditions: TEN_TO_NOON }, 'alice', alice);
    assert.deepEqual(ask(home, ['start'], undefined, 'bob'), { kind: 'not-now' });
    assert.deepEqual(asked(home), []);
    home.clock.ms += 2 * HOUR * 1000;
    assert.equal(ask(home, ['start'], undefined, 'bob').kind, 'granted');
    assert.equal(ask(home).kind, 'asked', 'nobody stands behind it');
  });

  it('a person’s share for own keys only gives nothing to a device of theirs whose key a gateway holds', () => {
    const home = aHome();
    const party = { kind: 'person', id: 'bob' } as const;
    home.model.shares.grant({ ...wish(), party, conditions: { ownKeyOnly: true } }, 'alice', alice);
    const held = (assurance: 'device' | 'gateway') => {
      home.model.devices.put(device('thermostat', { owner: 'bob', state: 'active', assurance }));
      return ask(home, ['start'], undefined, 'bob').kind;
    };
    assert.deepEqual([held('gateway'), held('device')], ['not-now', 'granted']);
  });

  it('own key only gives nothing to a device whose key a gateway holds', () => {
    const home = shared({ ownKeyOnly: true }, ['start'], { assurance: 'device' });
    assert.equal(ask(home).kind, 'granted');
    const record = home.model.devices.get('thermostat');
    assert.ok(record);
    home.model.devices.put({ ...record, assurance: 'gateway', gateway: 'gw-alice' });
    assert.deepEqual(ask(home), { kind: 'not-now' });
  });
});

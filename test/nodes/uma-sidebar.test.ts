/** What the sidebar of the editor asks and does through Node-RED's admin root. */
import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { Gateway } from '../../lib/gateway/gateway.ts';
import { OwnerNotConnected } from '../../lib/servers/errors.ts';
import type { ShareRequest } from '../../lib/sharing/share.ts';
import { openLogin } from '../support/open-login.ts';
import { aFlow, withNodeRed } from './a-flow.ts';
import { aShare, type FakeGateway } from './fake-gateway.ts';

const home = '/uma-home/sidebar/n-home';
const get = (path: string) => helper.request().get(path).set('x-uma-home', '1');
const post = (path: string, body: object = {}) => helper.request().post(path).set('x-uma-home', '1').send(body);

const aRequest: ShareRequest = {
  ...{ id: 'request-1', resource: 'resource-dishwasher', resourceName: 'Dishwasher', since: 1_700_000_000 },
  ...{ device: 'client-doorbell', deviceName: 'Doorbell', scopes: ['start'] },
};

async function aHome(): Promise<FakeGateway> {
  const flow = await aFlow({ type: 'device-identity', deviceType: 'config', device: 'n-thermostat' });
  return flow.fake();
}

/** What a gateway answers that has ended nothing of its own; `unconfirmed`: who has still to confirm it. */
const revoked =
  (unconfirmed: string[]): Gateway['revoke'] =>
  async (target) => ({
    receipt: {
      ...{ id: 'r', target, asOf: 1, revoked: [], at: 1 },
      effective: { localMs: 1, gateways: [] },
      unconfirmed,
    },
    later: Promise.resolve(undefined),
  });

interface Row {
  id: string;
  name: string;
  notes: string[];
}
const rows = async (list: string): Promise<Row[]> => (await get(`${home}/${list}`)).body.items as Row[];

describe('uma-sidebar shows', () => {
  withNodeRed();

  it('devices with their state, who keeps their key, and that no flow has them any more', async () => {
    const fake = await aHome();
    const standing = { state: 'quarantined', assurance: 'gateway' } as const;
    fake.answers.devices = () => [
      { clientId: 'client-thermostat', name: 'Thermostat', state: 'active', assurance: 'gateway' },
      { clientId: 'client-lamp', name: 'Old lamp', ...standing },
    ];
    fake.answers.isHeld = (_what, id) => id === 'client-thermostat';
    const kept = 'key kept by this Node-RED';
    assert.deepEqual(
      (await rows('devices')).map(({ name, notes }) => [name, notes]),
      [
        ['Thermostat', ['in use', kept]],
        ['Old lamp', ['stopped for now', kept, 'no longer in a flow']],
      ],
    );
  });

  it('devices as stopped while everything is, but for what is stopped, or over, by itself', async () => {
    const fake = await aHome();
    const states = ['active', 'quarantined', 'retired'] as const;
    fake.answers.devices = () =>
      states.map((state) => ({ clientId: state, name: state, state, assurance: 'gateway' as const }));
    const said = async (path: string) => {
      const items = (await get(path)).body.items as { notes?: string[]; note?: string }[];
      return items.slice(0, states.length).map(({ notes, note }) => note ?? notes?.[0]);
    };
    for (const path of [`${home}/devices`, '/uma-home/servers/n-home/devices']) {
      fake.become({ phase: 'ready' });
      assert.deepEqual(await said(path), ['in use', 'stopped for now', 'retired']);
      fake.become({ phase: 'stopped', link: 'http://as/panic' });
      assert.deepEqual(await said(path), ['stopped', 'stopped for now', 'retired']);
    }
  });

  it('devices whose keys are elsewhere, as far as something is shared with them', async () => {
    const fake = await aHome();
    const outside = { ...aShare, party: { kind: 'device' as const, id: 'client-outside' }, partyName: 'Robot' };
    fake.owner.shares = async () => ({ items: [aShare, outside] });
    fake.answers.deviceStatus = async (device) => ({ device, state: 'active', assurance: 'device' });
    assert.deepEqual((await rows('devices'))[1], {
      ...{ id: 'client-outside', name: 'Robot', notes: ['in use', 'keeps its own key'], state: 'active' },
    });
  });

  it('resources, and those that the server does not know yet', async () => {
    const fake = await aHome();
    fake.answers.resources = () => [
      { key: 'dishwasher', id: 'resource-dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'] },
      { key: 'oven', name: 'Oven', scopes: ['start'] },
    ];
    fake.answers.isHeld = () => true;
    assert.deepEqual(
      (await rows('resources')).map(({ name, notes }) => [name, notes]),
      [
        ['Dishwasher', ['start and stop']],
        ['Oven', ['start', 'not yet known to the server']],
      ],
    );
  });

  it('shares and waiting requests as sentences, the oldest request first', async () => {
    const fake = await aHome();
    fake.owner.requests = async () => [
      { ...aRequest, id: 'request-2', deviceName: 'Robot', since: aRequest.since + 60 },
      aRequest,
    ];
    assert.deepEqual(
      (await rows('shares')).map(({ name }) => name),
      ['Thermostat may start Dishwasher'],
    );
    assert.deepEqual(
      (await rows('requests')).map(({ id, name }) => [id, name]),
      [
        ['request-1', 'Doorbell asks to start Dishwasher'],
        ['request-2', 'Robot asks to start Dishwasher'],
      ],
    );
  });

  it('the link and the code where no owner lets this gateway act for them, and asks for one code only', async () => {
    const fake = await aHome();
    const link = { userCode: 'BCDF-GHJK', verificationUri: 'http://127.0.0.1:1862/device' };
    fake.answers.owner = async () => {
      throw new OwnerNotConnected({ ...link, fingerprint: 'abc' });
    };
    const { body } = await get(`${home}/requests`);
    assert.match(String(body.hint), /127\.0\.0\.1:1862.*BCDF-GHJK/);
    const refused = await post(`${home}/requests/request-1/deny`);
    assert.deepEqual([refused.body.done, /BCDF-GHJK/.test(String(refused.body.sentence))], [false, true]);
    fake.become({ phase: 'ready', code: link });
    const before = fake.calls('owner').length;
    const waiting = (await get(`${home}/requests`)).body;
    assert.deepEqual(
      [waiting.items, waiting.hint],
      [[], 'That cannot be seen at this moment: see how the server stands.'],
    );
    assert.equal(fake.calls('owner').length, before);
  });

  it('what it may read also while it asks its owner for more', async () => {
    const fake = await aHome();
    fake.become({ phase: 'ready', code: { userCode: 'BCDF-GHJK', verificationUri: 'http://127.0.0.1:1862/device' } });
    fake.answers.ownerScopes = () => ['shares:read'];
    fake.owner.shares = async () => ({ items: [aShare] });
    assert.equal((await rows('shares')).length, 1);
    fake.answers.ownerScopes = () => ['shares:grant'];
    assert.equal(
      (await get(`${home}/shares`)).body.hint,
      'That cannot be seen at this moment: see how the server stands.',
    );
  });

  it('at most fifty at a time, and names the next page', async () => {
    const fake = await aHome();
    fake.answers.resources = () =>
      Array.from({ length: 120 }, (_, index) => ({ key: `r${index}`, name: `R${index}`.repeat(300), scopes: [] }));
    const sizes: number[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const body = (await get(`${home}/resources?after=${after}`)).body as { items: Row[]; next?: string };
      sizes.push(body.items.length);
      assert.ok(body.items.every(({ name }) => name.length <= 200));
      after = body.next;
    }
    assert.deepEqual(sizes, [50, 50, 20]);
    for (const after of ['-1', '1e9', 'x', '99999999999'])
      assert.equal((await rows(`resources?after=${after}`)).length, 50, after);
  });

  it('resources to choose from with what may be done in the words of the sentences', async () => {
    const fake = await aHome();
    fake.answers.resources = () => [{ key: 'lamp', name: 'Lamp', scopes: ['turn-on', 'turn-off'] }];
    const { body } = await get('/uma-home/servers/n-home/resources');
    assert.deepEqual(body.items, [{ id: 'lamp', name: 'Lamp', note: 'turn on and turn off' }]);
  });

  it('until when by the clock of whoever has the editor open, in every list; where it does not say, by this computer’s', async () => {
    const fake = await aHome();
    fake.owner.shares = async () => ({
      items: [{ ...aShare, conditions: { until: Date.UTC(2040, 0, 2, 12) / 1000 } }],
    });
    const zone = process.env.TZ;
    process.env.TZ = 'UTC';
    for (const path of [`${home}/shares`, '/uma-home/servers/n-home/shares']) {
      const said = async (timeZone: string) =>
        ((await get(path).set('x-uma-time-zone', timeZone)).body.items as Row[])[0]?.name.split(' until ')[1];
      assert.equal(await said('Europe/Berlin'), 'January 2, 2040 13:00');
      assert.equal(await said('Asia/Tokyo'), 'January 2, 2040 21:00');
      for (const none of ['', 'Nowhere/Else', 'x'.repeat(4_000)])
        assert.equal(await said(none), 'January 2, 2040 12:00 UTC', none);
    }
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('one page of shares as the server pages them', async () => {
    const fake = await aHome();
    fake.owner.shares = async (page) => (page === 'p2' ? { items: [aShare] } : { items: [aShare], next: 'p2' });
    assert.equal((await get(`${home}/shares`)).body.next, 'p2');
    assert.equal((await get(`${home}/shares?after=p2`)).body.next, undefined);
    assert.deepEqual(fake.calls('shares'), [[undefined], ['p2']]);
  });

  it('where the owner’s page is, and whether the editor has a login', async () => {
    await aHome();
    const { body } = await get(home);
    assert.deepEqual(body, { topic: 'uma-home/decisions/n-home', login: false, link: 'http://127.0.0.1:1862' });
  });

  it('nothing of what is not deployed, and no list of another name', async () => {
    await aHome();
    for (const path of ['/uma-home/sidebar/unknown', '/uma-home/sidebar/unknown/devices', `${home}/constructor`])
      assert.equal((await get(path)).status, 404, path);
  });
});

describe('uma-sidebar in an editor without a login', () => {
  withNodeRed();

  it('says no yes: anybody may be who asks', async () => {
    const fake = await aHome();
    const { body } = await post(`${home}/requests/request-1/approve`, { limit: 'once' });
    assert.equal(body.done, false);
    assert.match(String(body.sentence), /no login.* owner's page: http:\/\/127\.0\.0\.1:1862/);
    assert.deepEqual(fake.calls('approve'), []);
    assert.equal((await post(`${home}/requests/request-1/deny`)).body.done, true, 'a no stops');
  });
});

describe('uma-sidebar does', () => {
  withNodeRed(openLogin);

  it('say yes with the owner’s authority, for as long as was chosen', async () => {
    const fake = await aHome();
    const now = Math.floor(Date.now() / 1000);
    for (const limit of ['always', 'once', 'hour'])
      assert.equal((await post(`${home}/requests/request-1/approve`, { limit })).body.done, true);
    const [always, once, hour] = fake.calls('approve');
    assert.deepEqual(
      [always, once],
      [
        ['request-1', {}],
        ['request-1', { conditions: { once: true } }],
      ],
    );
    const limits = hour?.[1] as { conditions: { until: number } } | undefined;
    assert.ok(Math.abs((limits?.conditions.until ?? 0) - now - 3_600) < 10);
  });

  it('not say yes for ever where the limit is not understood', async () => {
    const fake = await aHome();
    for (const limit of [undefined, 'constructor', '', 7])
      assert.equal((await post(`${home}/requests/request-1/approve`, { limit })).body.done, false, String(limit));
    assert.deepEqual(fake.calls('approve'), []);
  });

  it('say no', async () => {
    const fake = await aHome();
    assert.deepEqual((await post(`${home}/requests/request-1/deny`)).body, {
      done: true,
      sentence: 'The request was denied.',
    });
    assert.deepEqual(fake.calls('deny'), [['request-1']]);
  });

  it('suspend a device, and say so', async () => {
    const fake = await aHome();
    const { body } = await post(`${home}/devices/client-thermostat/suspend`);
    assert.deepEqual(body, { done: true, sentence: 'Thermostat is stopped for now: nothing of it is let through.' });
    assert.deepEqual(fake.calls('suspend'), [['client-thermostat']]);
  });

  for (const [unconfirmed, sentence] of [
    [[], 'Taken back: nothing of it is let through any more.'],
    [['server'], /^Taken back: nothing of it is let through here any more\. Not everybody has confirmed yet/],
  ] as const)
    it(`take a share back, and say what came of it, ${unconfirmed.length} unconfirmed`, async () => {
      const fake = await aHome();
      fake.answers.revoke = revoked([...unconfirmed]);
      const { body } = await post(`${home}/shares/share-1/revoke`);
      assert.equal(body.done, true);
      assert.match(String(body.sentence), new RegExp(sentence));
      assert.deepEqual(fake.calls('revoke'), [[{ share: 'share-1' }, { confirmWithinMs: 1_000, why: 'revoked' }]]);
    });

  it('stop everything of this owner', async () => {
    const fake = await aHome();
    fake.answers.revoke = revoked([]);
    const { body } = await post(`${home}/stop`);
    assert.deepEqual([body.done, /^Everything is stopped/.test(String(body.sentence))], [true, true]);
    assert.deepEqual(fake.calls('revoke'), [[{ everything: 'home' }, { confirmWithinMs: 1_000, why: 'panic' }]]);
    fake.answers.revoke = revoked(['gw-other']);
    const open = String((await post(`${home}/stop`)).body.sentence);
    assert.match(open, /Not everybody has confirmed yet/);
    assert.doesNotMatch(open, /output/, 'which the sidebar has none of');
  });

  it('say in words what did not work, without what it was made of', async () => {
    const fake = await aHome();
    fake.answers.suspend = async () => {
      throw new Error('secret-token-of-a-device');
    };
    const { body, text } = await post(`${home}/devices/client-thermostat/suspend`);
    assert.deepEqual([body.done, typeof body.sentence, text.includes('secret-token')], [false, 'string', false]);
  });

  it('nothing for a name that is too long to be one, or a server that is not deployed', async () => {
    const fake = await aHome();
    assert.equal((await post(`${home}/devices/${'x'.repeat(201)}/suspend`)).status, 404);
    assert.equal((await post('/uma-home/sidebar/unknown/stop')).status, 404);
    assert.deepEqual([...fake.calls('suspend'), ...fake.calls('revoke')], []);
  });

  it('nothing for another site’s page, nor without our header', async () => {
    const fake = await aHome();
    const path = `${home}/devices/client-thermostat/suspend`;
    assert.equal((await helper.request().post(path).send({})).status, 415);
    assert.equal((await post(path).set('origin', 'http://evil.example')).status, 403);
    assert.equal((await post(path).set('sec-fetch-site', 'cross-site')).status, 403);
    const form = post(path).set('content-type', 'application/x-www-form-urlencoded');
    assert.equal((await form).status, 415);
    assert.deepEqual(fake.calls('suspend'), []);
  });
});

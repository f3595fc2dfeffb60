import assert from 'node:assert/strict';
import { once } from 'node:events';
import { OwnerNotConnected } from '../../lib/servers/errors.ts';
import { aFlow, withNodeRed } from './a-flow.ts';
import { aShare, createFakeGateways } from './fake-gateway.ts';

const grant = {
  type: 'share',
  action: 'grant',
  deviceType: 'config',
  device: 'n-thermostat',
  resourceType: 'config',
  resource: 'n-dishwasher',
  scopesType: 'scopes',
  scopes: 'start',
  untilType: 'none',
};

const code = { userCode: 'BCDF-GHJK', verificationUri: 'http://127.0.0.1:1862/device' };

describe('share', () => {
  withNodeRed();

  it('grants what its settings name, by the ids that the server knows', async () => {
    const flow = await aFlow(grant);
    flow.give({ payload: 'go' });
    const msg = await flow.next(1);
    assert.deepEqual(flow.fake().calls('grant'), [
      [
        {
          party: { kind: 'device', id: 'client-thermostat' },
          resource: 'resource-dishwasher',
          scopes: ['start'],
          conditions: {},
        },
      ],
    ]);
    assert.equal((msg.payload as { id: string }).id, 'share-1');
    assert.equal(msg.uma?.share, 'share-1');
  });

  it('takes device, scopes and end from a message only where its settings say so', async () => {
    const flow = await aFlow(grant);
    flow.give({ device: 'burglar', resource: 'safe', scopes: 'open', until: 'never', action: 'list', payload: {} });
    await flow.next(1);
    const [wish] = flow.fake().first('grant') as [{ scopes: string[]; party: { id: string }; conditions: object }];
    assert.deepEqual(
      { scopes: wish.scopes, party: wish.party.id, conditions: wish.conditions },
      { scopes: ['start'], party: 'client-thermostat', conditions: {} },
    );
  });

  const limited = {
    ...{ hours: 'weekly', days: '1,2,3,4,5', from: '8:00', to: '18:00', timeZone: 'Europe/Berlin' },
    ...{ once: true, ownKeyOnly: true },
  };
  const limits = {
    weekly: { timeZone: 'Europe/Berlin', windows: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }] },
    once: true,
    ownKeyOnly: true,
  };

  it('shares at the hours, for one message and with own keys only, as its settings say', async () => {
    const flow = await aFlow({ ...grant, ...limited });
    flow.give({ payload: 'go' });
    await flow.next(1);
    assert.deepEqual((flow.fake().first('grant')[0] as { conditions: object }).conditions, limits);
  });

  it('keeps hours that are filled in but not chosen out of the share', async () => {
    const flow = await aFlow({ ...grant, ...limited, hours: 'always', once: false, ownKeyOnly: false });
    flow.give({ payload: 'go' });
    await flow.next(1);
    assert.deepEqual((flow.fake().first('grant')[0] as { conditions: object }).conditions, {});
  });

  it('takes none of its limits from a message, except the end', async () => {
    const flow = await aFlow({ ...grant, ...limited, untilType: 'msg', until: 'until' });
    flow.give({ until: 4_000_000_000, once: false, hours: 'always', weekly: null, ownKeyOnly: false, conditions: {} });
    await flow.next(1);
    const [{ conditions }] = flow.fake().first('grant') as [{ conditions: object }];
    assert.deepEqual(conditions, { ...limits, until: 4_000_000_000 });
  });

  for (const wrong of [{ days: '' }, { days: '8' }, { from: '25:00' }, { to: '08:00' }, { timeZone: 'Atlantis' }])
    it(`shares nothing where its hours cannot be used: ${JSON.stringify(wrong)}`, async () => {
      const flow = await aFlow({ ...grant, ...limited, ...wrong });
      flow.give({ payload: 'go' });
      const caught = await flow.next(3);
      assert.equal((caught.error as unknown as { code: string }).code, 'bad_hours');
      assert.deepEqual(flow.fake().calls('grant'), []);
    });

  it('ends a share after a duration that the message gives', async () => {
    const flow = await aFlow({ ...grant, untilType: 'msg', until: 'until' });
    const before = Math.floor(Date.now() / 1000);
    flow.give({ until: '2 hours' });
    await flow.next(1);
    const [{ conditions }] = flow.fake().first('grant') as [{ conditions: { until: number } }];
    assert.ok(conditions.until - before >= 7_200 && conditions.until - before < 7_260);
  });

  it('makes no share without end when the message should have named one', async () => {
    const flow = await aFlow({ ...grant, untilType: 'msg', until: 'until' });
    flow.give({ payload: 1 });
    const caught = await flow.next(3);
    assert.equal((caught.error as unknown as { code: string }).code, 'no_until');
    assert.deepEqual(flow.fake().calls('grant'), []);
    assert.deepEqual([flow.seen(1).length, flow.seen(2).length], [0, 0]);
  });

  it('tells Catch nodes that no owner is connected, with the hint on the message', async () => {
    const flow = await aFlow(grant);
    flow.fake().answers.owner = async () => {
      throw new OwnerNotConnected({ ...code, fingerprint: 'abcdefghijklm' });
    };
    flow.give({});
    const caught = await flow.next(3);
    assert.equal((caught.error as unknown as { code: string }).code, 'OwnerNotConnected');
    assert.match(String(caught.uma?.hint), /BCDF-GHJK, if its fingerprint there is abcdef ghijkl m\.$/);
  });

  it('shows, without a code, that its owner has to let it in first, until they have', async () => {
    const flow = await aFlow(grant);
    flow.fake().answers.owner = async () => {
      throw new OwnerNotConnected({ ...code, fingerprint: 'abcdefghijklm' });
    };
    flow.fake().become({ phase: 'ready', code });
    flow.give({});
    await flow.next(3);
    assert.equal(flow.statuses.at(-1)?.text, 'status.not-let-in');
    flow.fake().become({ phase: 'ready', code });
    assert.equal(flow.statuses.at(-1)?.text, 'status.not-let-in');
    const told = once(flow.node as NodeJS.EventEmitter, 'call:status');
    flow.fake().become({ phase: 'ready' });
    await told;
    assert.deepEqual(flow.statuses.at(-1), {});
  });

  it('lists every page of the shares, each with its sentence', async () => {
    const flow = await aFlow({ type: 'share', action: 'list', server: 'n-home' });
    const page = (id: string) => ({ id, partyName: 'Thermostat', resource: 'r', scopes: ['start'], conditions: {} });
    flow.fake().owner.shares = (async (next?: string) =>
      next ? { items: [page('b')] } : { items: [page('a')], next: '2' }) as never;
    flow.give({});
    const { payload } = await flow.next(1);
    assert.deepEqual(
      (payload as { id: string; sentence: string }[]).map(({ id, sentence }) => [id, sentence]),
      [
        ['a', 'Thermostat may start r'],
        ['b', 'Thermostat may start r'],
      ],
    );
  });

  it('names a resource that another Node-RED keeps as the server does, not by its id', async () => {
    const flow = await aFlow({ type: 'share', action: 'approve', server: 'n-home', scopesType: 'all' });
    flow.fake().owner.approve = async () => ({ ...aShare, resource: 'res_elsewhere', resourceName: 'Garage door' });
    flow.give({ payload: { id: 'request-7' } });
    assert.equal((await flow.next(1)).uma?.sentence, 'Thermostat may start Garage door');
  });

  it('approves the request that msg.payload.id names, with all of its scopes', async () => {
    const flow = await aFlow({ type: 'share', action: 'approve', server: 'n-home', scopesType: 'all' });
    flow.give({ payload: { id: 'request-7' } });
    await flow.next(1);
    assert.deepEqual(flow.fake().calls('approve'), [['request-7', {}]]);
  });

  it('approves with fewer scopes where the settings name them', async () => {
    const flow = await aFlow({
      type: 'share',
      action: 'approve',
      server: 'n-home',
      scopesType: 'str',
      scopes: 'start',
    });
    flow.give({ payload: { id: 'request-7', scopes: ['start', 'stop'] } });
    await flow.next(1);
    assert.deepEqual(flow.fake().calls('approve'), [['request-7', { scopes: ['start'] }]]);
  });

  it('approves within the limits of its settings', async () => {
    const flow = await aFlow({ type: 'share', action: 'approve', server: 'n-home', scopesType: 'all', ...limited });
    flow.give({ payload: { id: 'request-7', conditions: {} } });
    await flow.next(1);
    assert.deepEqual(flow.fake().calls('approve'), [['request-7', { conditions: limits }]]);
  });

  it('denies a request', async () => {
    const flow = await aFlow({ type: 'share', action: 'deny', server: 'n-home' });
    flow.give({ payload: { id: 'request-7' } });
    const msg = await flow.next(1);
    assert.deepEqual(flow.fake().calls('deny'), [['request-7']]);
    assert.deepEqual(msg.payload, { id: 'request-7', denied: true });
  });

  it('is a mistake in the flow when no request is named', async () => {
    const flow = await aFlow({ type: 'share', action: 'approve', server: 'n-home', scopesType: 'all' });
    flow.give({ payload: 'yes' });
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'no_request');
  });

  it('watch: one message for each new request, in the form in which approve finds it', async () => {
    const flow = await aFlow({ type: 'share', action: 'watch', server: 'n-home' });
    const about = {
      resource: 'r',
      resourceName: 'Dishwasher',
      device: 'd',
      deviceName: 'Thermostat',
      scopes: ['start'],
    };
    flow.fake().tell('request', { id: 'rq-1', ...about, since: 1 });
    const msg = await flow.next(1);
    const sentence = 'Thermostat asks to start Dishwasher';
    assert.deepEqual(msg.payload, { id: 'rq-1', ...about, since: 1, sentence });
    assert.deepEqual(msg.uma, { action: 'watch', request: 'rq-1', sentence });
    assert.equal(flow.seen(1).length, 1);
  });

  it('watch: without an owner’s authority a Catch hears the link to it, once', async () => {
    const gateways = createFakeGateways((fake) => {
      fake.become({ phase: 'starting' });
      fake.answers.owner = async () => {
        throw Object.assign(new Error('no'), {
          code: 'OwnerNotConnected',
          hint: { key: 'hint.owner_not_connected_yet' },
        });
      };
    });
    const flow = await aFlow({ type: 'share', action: 'watch', server: 'n-home' }, { gateways });
    for (const phase of ['ready', 'starting', 'ready'] as const) flow.fake().become({ phase });
    assert.match(String(((await flow.next(3)).error as unknown as { message: string }).message), /No owner lets flows/);
    assert.equal(flow.seen(3).length, 1);
  });
});

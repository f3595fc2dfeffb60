/** A gateway tells what it did not let through, and its owner reads why. */
import assert from 'node:assert/strict';
import { connectGateway, type Home, openHome, ownerHeaders, signIn } from '../support/home.ts';
import { post, request } from '../support/test-client.ts';

describe('POST /refusals', () => {
  let home: Home;
  beforeEach(async () => {
    home = await openHome();
  });
  afterEach(() => home.close());

  const now = () => Math.floor(Date.now() / 1000);
  const one = (more: object = {}) => ({
    ...{ resource: home.resource, reason: 'no_token', count: 1, first: now() - 5, last: now() },
    ...more,
  });
  const tell = (refusals: unknown, more: object = {}) =>
    home.gateway.call('POST', '/refusals', home.pat, { refusals, ...more });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever is listed
  const history = async (query = ''): Promise<any> => (await home.owner.call('GET', `/api/history${query}`)).body;
  const refused = async () => (await history()).items.filter(({ what }: { what: string }) => what === 'refused');

  it('is a line of the owner’s history with who, what, why, how often and a sentence', async () => {
    const device = await home.stranger('Thermostat');
    await home.share(device);
    const said = await tell([
      one({ device: device.clientId, reason: 'revoked', count: 3 }),
      one({ device: device.clientId, reason: 'wrong_key' }),
      one({ count: 2_000 }),
    ]);
    assert.deepEqual([said.status, said.body], [204, '']);
    const [unknown, stolen, revoked] = await refused();
    assert.deepEqual(
      { ...revoked, id: '', at: 0, values: { ...revoked.values, first: 0 } },
      {
        ...{ id: '', at: 0, what: 'refused', by: { kind: 'gateway', gateway: home.gateway.clientId } },
        ...{ device: device.clientId, resource: home.resource, why: 'revoked', values: { count: 3, first: 0 } },
        sentence: 'Thermostat was not let through to dishwasher, 3 times. The permission was taken back.',
      },
    );
    assert.equal(
      stolen.sentence,
      "Somebody showed dishwasher a token of Thermostat, and was not let through. The token belongs to another device's key.",
    );
    assert.equal(
      unknown.sentence,
      'Somebody unknown was not let through to dishwasher, 2000 times. No token was sent. That is how a device begins that is about to ask for permission, and how a stranger does.',
    );
    assert.ok(Math.abs(unknown.at - now()) < 60 && unknown.values.first <= unknown.at);
  });

  it('speaks the language of whoever reads it', async () => {
    await tell([one({ reason: 'quarantined' })], { others: { count: 7, first: now(), last: now() } });
    const headers = { ...(await ownerHeaders(home.issuer)), 'accept-language': 'de' };
    const { body } = await request(`${home.issuer}/api/history?limit=2`, { headers });
    assert.deepEqual(
      body.items.map(({ sentence }: { sentence: string }) => sentence),
      [
        'Weitere 7 Nachrichten wurden nicht durchgelassen. Es waren zu viele, um sie einzeln zu nennen.',
        'Jemand Unbekanntes wurde nicht zu dishwasher durchgelassen. Das Gerät ist gesperrt.',
      ],
    );
  });

  it('many of a kind are one line, and no line is lost or twice in the pages of a list', async () => {
    const device = await home.stranger();
    await home.share(device);
    const expired = { reason: 'expired', device: device.clientId };
    for (let n = 0; n < 20; n += 1) await tell([one({ count: 100 }), one(expired)]);
    await home.owner.call('POST', `/api/devices/${device.clientId}/suspend`, {});
    await tell([one({ reason: 'quarantined', device: device.clientId })]);
    assert.deepEqual(
      (await refused()).map(({ why, values }: { why: string; values: { count: number } }) => [why, values.count]),
      [
        ['quarantined', 1],
        ['expired', 20],
        ['no_token', 2_000],
      ],
    );
    const whole = (await history()).items.map((line: object) => JSON.stringify(line));
    const parts: string[] = [];
    let next: string | undefined;
    do {
      const page = await history(`?limit=2${next === undefined ? '' : `&after=${next}`}`);
      parts.push(...page.items.map((line: object) => JSON.stringify(line)));
      next = page.next;
    } while (next !== undefined);
    assert.deepEqual(parts, whole);
  });

  it('of whoever is unknown, one line for all reasons, with the one that there was most often', async () => {
    await tell([one({ count: 300 }), one({ reason: 'invalid_token', count: 12 })]);
    const [line, ...more] = await refused();
    assert.deepEqual([more.length, line.why, line.values.count, line.values.otherReasons], [0, 'no_token', 312, 12]);
    assert.match(line.sentence, /^Somebody unknown was not let through to dishwasher, 312 times\. No token was sent\./);
    assert.match(line.sentence, / 12 times it was for another reason\.$/);
  });

  it('nothing of what is not the gateway’s own, and no other owner reads any of it', async () => {
    const bob = { name: 'bob', password: 'a few easy words' };
    await home.owner.call('POST', '/api/people', { ...bob, kind: 'owner' });
    const other = await connectGateway(home.issuer, await signIn(home.issuer, bob), 'of bob');
    const foreign = await other.call('POST', '/refusals', await other.pat(), { refusals: [one()] });
    assert.equal(foreign.status, 204);
    assert.deepEqual(await refused(), []);
    await tell([one()]);
    const { items } = (await (await signIn(home.issuer, bob)).call('GET', '/api/history')).body;
    assert.ok(!items.some(({ what }: { what: string }) => what === 'refused'));
  });

  it('takes no words but its own reasons, and nothing that is no report', async () => {
    const bad = [
      ...[undefined, 'all', [7], Array(101).fill(one())],
      ...[{ reason: 'because <b>I</b> say so' }, { reason: 'use_dpop_nonce' }, { resource: 7 }, { device: '' }].map(
        (more) => [one(more)],
      ),
      ...[{ count: 0 }, { count: 1.5 }, { count: 2e9 }, { first: -1 }, { last: 'now' }].map((more) => [one(more)]),
    ];
    for (const refusals of bad)
      assert.equal((await tell(refusals)).status, 400, JSON.stringify(refusals)?.slice(0, 99));
    assert.equal((await tell([], { others: { count: 1 } })).status, 400);
    assert.deepEqual(await refused(), []);
    assert.equal((await post(`${home.issuer}/refusals`, { refusals: [] })).status, 401);
  });

  it('a gateway that tells too often is told to wait', async () => {
    const limited = await openHome({ rateLimits: true });
    try {
      const statuses = [];
      for (let n = 0; n < 22; n += 1)
        statuses.push((await limited.gateway.call('POST', '/refusals', limited.pat, { refusals: [] })).status);
      assert.deepEqual([statuses[0], statuses.at(-1)], [204, 429]);
    } finally {
      await limited.close();
    }
  });
});

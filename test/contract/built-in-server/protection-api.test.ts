import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connectGateway, type Home, openHome } from '../support/home.ts';
import { type Reply, request, type TestClient } from '../support/test-client.ts';

describe('the protection API', () => {
  let home: Home;
  let other: TestClient;
  let otherPat: string;
  const call = (method: string, path: string, body?: unknown) => home.gateway.call(method, path, home.pat, body);

  before(async () => {
    home = await openHome();
    other = await connectGateway(home.issuer, home.owner, 'another Node-RED');
    otherPat = await other.pat();
  });
  after(() => home.close());

  it('F 1.3, 3.2, 4.1, 5.1: nothing of it without a protection token', async () => {
    const { body } = await request(`${home.issuer}/token/introspection`, {
      method: 'POST',
      headers: { authorization: 'DPoP made-up' },
      body: new URLSearchParams({ token: 'x' }),
    });
    assert.equal(body.error, 'invalid_token');
    for (const [method, path] of [
      ['POST', '/resources'],
      ['GET', '/resources'],
      ['GET', `/resources/${home.resource}`],
      ['PUT', `/resources/${home.resource}`],
      ['DELETE', `/resources/${home.resource}`],
      ['POST', '/permission'],
    ] as const) {
      const reply = await request(home.issuer + path, { method });
      assert.deepEqual([reply.status, reply.body.error], [401, 'invalid_token'], `${method} ${path}`);
    }
    assert.equal((await call('GET', `/resources/${home.resource}`)).status, 200);
  });

  describe('resource registration', () => {
    const description = {
      name: 'oven',
      type: 'http://example.com/oven',
      description: 'in the kitchen',
      icon_uri: 'http://example.com/oven.png',
      resource_scopes: ['heat', 'https://example.com/scopes/clean'],
    };

    it('F 3.2.1: creates: 201, Location and _id', async () => {
      const { status, headers, body } = await call('POST', '/resources', description);
      assert.equal(status, 201);
      assert.equal(headers.get('location'), `${home.issuer}/resources/${body._id}`);
    });

    it('F 3.2: creates and lists at its address with a slash at the end, as without', async () => {
      const { status, body } = await call('POST', '/resources/', description);
      assert.equal(status, 201);
      assert.ok((await call('GET', '/resources/')).body.includes(body._id));
    });

    it('F 3.2.2: reads what was written', async () => {
      const { _id } = (await call('POST', '/resources', description)).body;
      const { status, body } = await call('GET', `/resources/${_id}`);
      assert.deepEqual([status, body], [200, { _id, ...description }]);
    });

    it('F 3.2.3: updates as a whole: 200 and _id', async () => {
      const { _id } = (await call('POST', '/resources', description)).body;
      const changed = { name: 'small oven', resource_scopes: ['heat'] };
      const reply = await call('PUT', `/resources/${_id}`, changed);
      assert.deepEqual([reply.status, reply.body], [200, { _id }]);
      assert.deepEqual((await call('GET', `/resources/${_id}`)).body, { _id, ...changed });
    });

    it('F 3.2.4: deletes: 204, then 404', async () => {
      const { _id } = (await call('POST', '/resources', description)).body;
      assert.equal((await call('DELETE', `/resources/${_id}`)).status, 204);
      assert.equal((await call('GET', `/resources/${_id}`)).status, 404);
      assert.equal((await call('DELETE', `/resources/${_id}`)).status, 404);
    });

    it('F 3.2.5: lists the ids of this gateway only', async () => {
      const { _id } = (await call('POST', '/resources', description)).body;
      const own = (await call('GET', '/resources')).body;
      assert.ok(own.includes(_id) && own.includes(home.resource));
      assert.deepEqual((await other.call('GET', '/resources', otherPat)).body, []);
    });

    it('F 3.2: 404 for what is not there or another’s, 405 for other methods, 400 for bad descriptions', async () => {
      for (const method of ['GET', 'DELETE']) {
        assert.equal((await call(method, '/resources/nothing')).status, 404);
        assert.equal((await other.call(method, `/resources/${home.resource}`, otherPat)).status, 404);
      }
      const stolen = await other.call('PUT', `/resources/${home.resource}`, otherPat, description);
      assert.equal(stolen.status, 404);
      const wrong = await call('PATCH', `/resources/${home.resource}`, description);
      assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, PUT, DELETE']);
      const bad = [
        {},
        [],
        'oven',
        { resource_scopes: 'heat' },
        { resource_scopes: [] },
        { resource_scopes: ['a b'] },
        { resource_scopes: ['heat'], name: 7 },
        { resource_scopes: ['heat'], icon_uri: 'javascript:alert(1)' },
        { resource_scopes: Array.from({ length: 101 }, (_, n) => `s${n}`) },
      ];
      for (const body of bad) assert.equal((await call('POST', '/resources', body)).status, 400, JSON.stringify(body));
    });
  });

  describe('permission', () => {
    it('bounds what one ticket keeps in memory', async () => {
      const many = Array.from({ length: 100 }, (_, index) => `scope-${index}`);
      const ids = await Promise.all([1, 2, 3].map((index) => home.addResource(`many ${index}`, many)));
      const ask = (some: string[]) =>
        call(
          'POST',
          '/permission',
          some.map((resource_id) => ({ resource_id, resource_scopes: many })),
        );
      assert.equal((await ask(ids.slice(0, 2))).status, 201);
      assert.deepEqual([(await ask(ids)).status, (await ask(ids)).body.error], [400, 'invalid_request']);
    });

    it('F 4.1: gives one ticket for one permission or for several', async () => {
      const one = { resource_id: home.resource, resource_scopes: ['start'] };
      for (const body of [one, [one], [one, { ...one, resource_scopes: ['stop'] }]]) {
        const reply = await call('POST', '/permission', body);
        assert.equal(reply.status, 201);
        assert.ok(Buffer.from(reply.body.ticket, 'base64url').length >= 32, 'unguessable');
      }
    });

    it('F 4.3: 400 for resources and scopes that this gateway did not register', async () => {
      const ask = async (body: unknown, by = call) => {
        const reply = await by('POST', '/permission', body);
        return [reply.status, reply.body.error];
      };
      const theirs = (method: string, path: string, body: unknown) => other.call(method, path, otherPat, body);
      const good = { resource_id: home.resource, resource_scopes: ['start'] };
      assert.deepEqual(await ask({ ...good, resource_id: 'nothing' }), [400, 'invalid_resource_id']);
      assert.deepEqual(await ask(good, theirs), [400, 'invalid_resource_id']);
      assert.deepEqual(await ask({ ...good, resource_scopes: ['fly'] }), [400, 'invalid_scope']);
      assert.deepEqual(await ask({ resource_id: home.resource }), [400, 'invalid_scope']);
      assert.deepEqual(await ask([good, { ...good, resource_scopes: ['fly'] }]), [400, 'invalid_scope']);
      assert.deepEqual(await ask([]), [400, 'invalid_request']);
      assert.deepEqual(await ask(null), [400, 'invalid_request']);
    });
  });

  describe('introspection and revocation of an RPT', () => {
    const newRpt = async (): Promise<{ device: TestClient; rpt: string; share: string }> => {
      const device = await home.stranger();
      const share = await home.share(device);
      return { device, share, rpt: (await device.rpt(await home.ticket())).body.access_token };
    };
    const look = (by: TestClient, token: string) => by.authenticated('/token/introspection', { token });
    const lookWithPat = (by: TestClient, pat: string, token: string) =>
      by.call('POST', '/token/introspection', pat, new URLSearchParams({ token }));
    const inactive = (reply: Reply) => assert.deepEqual([reply.status, reply.body], [200, { active: false }]);

    it('F 5.1.1: tells the resource server the permissions and no scope, with its PAT or its own authentication', async () => {
      const { device, rpt, share } = await newRpt();
      for (const { status, body } of [await lookWithPat(home.gateway, home.pat, rpt), await look(home.gateway, rpt)]) {
        assert.equal(status, 200);
        assert.equal(body.active, true, JSON.stringify(body));
        assert.equal(body.scope, undefined);
        const permission = { resource_id: home.resource, resource_scopes: ['start'], exp: body.exp, share };
        assert.deepEqual(body.permissions, [permission]);
        assert.deepEqual(
          [body.aud, body.sub, body.client_id],
          [home.gateway.clientId, device.clientId, device.clientId],
        );
        assert.deepEqual(body.cnf, { jkt: device.key.thumbprint });
        assert.deepEqual([body.iss, body.token_type], [home.issuer, 'DPoP']);
      }
    });

    it('tells another resource server, the device and strangers nothing', async () => {
      const { device, rpt } = await newRpt();
      inactive(await lookWithPat(other, otherPat, rpt));
      inactive(await look(other, rpt));
      inactive(await look(device, rpt));
      inactive(await look(home.gateway, `${rpt}x`));
      inactive(await look(home.gateway, `rpt.${hashOf(rpt)}`));
      inactive(await look(home.gateway, 'nonsense'));
    });

    it('RFC 7662 2.1, RFC 7009 2.1: a hint of another kind hides no token; one has to be named, by somebody known', async () => {
      const { device, rpt } = await newRpt();
      for (const token_type_hint of ['refresh_token', 'pct', 'no-such-kind']) {
        const seen = await home.gateway.authenticated('/token/introspection', { token: rpt, token_type_hint });
        assert.equal(seen.body.active, true, token_type_hint);
      }
      for (const path of ['/token/introspection', '/token/revocation']) {
        const none = await home.gateway.authenticated(path, {});
        assert.deepEqual([none.status, none.body.error], [400, 'invalid_request'], path);
        const nobody = await request(home.issuer + path, { method: 'POST', body: new URLSearchParams({ token: rpt }) });
        assert.deepEqual([nobody.status, nobody.body.error], [401, 'invalid_client'], path);
      }
      assert.equal((await look(home.gateway, rpt)).body.active, true);
      const hinted = { token: rpt, token_type_hint: 'refresh_token' };
      assert.equal((await device.authenticated('/token/revocation', hinted)).status, 200);
      inactive(await look(home.gateway, rpt));
      const again = await device.authenticated('/token/revocation', { token: 'never-issued' });
      assert.equal(again.status, 200, 'RFC 7009 2.2: gone is gone');
    });

    it('RFC 7009 2.1: the device ends its token', async () => {
      const { device, rpt } = await newRpt();
      const { status } = await device.authenticated('/token/revocation', { token: rpt });
      assert.equal(status, 200);
      inactive(await look(home.gateway, rpt));
      inactive(await lookWithPat(home.gateway, home.pat, rpt));
    });

    it('the resource server ends a token for itself; others, another resource server or device, end nothing', async () => {
      const { rpt } = await newRpt();
      const stranger = await home.stranger();
      for (const by of [other, stranger]) {
        assert.equal((await by.authenticated('/token/revocation', { token: rpt })).status, 200, 'RFC 7009 2.2');
        assert.equal((await look(home.gateway, rpt)).body.active, true);
      }
      assert.equal((await home.gateway.authenticated('/token/revocation', { token: rpt })).status, 200);
      inactive(await look(home.gateway, rpt));
    });

    it('ends every token with what it rests on: share, resource, its scope, device, gateway', async () => {
      const first = await newRpt();
      await home.owner.call('DELETE', `/api/shares/${first.share}`);
      inactive(await look(home.gateway, first.rpt));

      const second = await newRpt();
      await home.owner.call('POST', `/api/devices/${second.device.clientId}/suspend`, {});
      inactive(await look(home.gateway, second.rpt));

      const third = await newRpt();
      await call('PUT', `/resources/${home.resource}`, { name: 'dishwasher', resource_scopes: ['stop'] });
      inactive(await look(home.gateway, third.rpt));
      await call('PUT', `/resources/${home.resource}`, { name: 'dishwasher', resource_scopes: ['start', 'stop'] });

      const fourth = await newRpt();
      await call('DELETE', `/resources/${home.resource}`);
      inactive(await look(home.gateway, fourth.rpt));
    });
  });

  describe('stopping a gateway', () => {
    it('leaves it nobody', async () => {
      const stopped = await home.owner.call('DELETE', `/api/gateways/${other.clientId}`);
      assert.equal(stopped.status, 200);
      assert.equal((await other.call('GET', '/resources', otherPat)).status, 401);
      const reply = await other.token({ grant_type: 'client_credentials', scope: 'uma_protection' });
      assert.deepEqual([reply.status, reply.body.error], [401, 'invalid_client']);
    });
  });
});

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

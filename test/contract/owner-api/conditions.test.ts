import assert from 'node:assert/strict';
import { type AServer, aServer, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, aWaitingGateway, newKeys, type OutsideClient } from './outside-client.ts';

describe('owner API: conditions of a share', () => {
  let server: AServer;
  let owner: SignedIn;
  let gateway: OutsideClient & { pat: string };
  let resource: string;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    gateway = await aGateway(server.issuer, owner);
    resource = await aResource(gateway);
  });
  after(() => server.end());

  const wish = (device: string, conditions: object) => ({
    ...{ resource, party: { kind: 'device', id: device } },
    ...{ scopes: ['start'], conditions },
  });

  it('with hours, for one message and for an own key: kept, compared and told as written', async () => {
    const device = await aDevice(server.issuer);
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const weekly = { timeZone, windows: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }] };
    const grant = (conditions: object) => owner.api('POST', '/api/shares', wish(device, conditions));
    const limited = await grant({ weekly, once: true, ownKeyOnly: true });
    assert.equal(limited.status, 201, limited.text);
    assert.deepEqual(limited.body.conditions, { weekly, once: true, ownKeyOnly: true });
    assert.equal(
      limited.body.sentence,
      'Thermostat may start Dishwasher once, on Monday to Friday from 08:00 to 18:00, if its key is its own',
    );
    assert.deepEqual([(await grant({ weekly, once: true, ownKeyOnly: true })).status], [200]);
    assert.equal((await grant({ once: true })).status, 201);
    const { id } = limited.body;
    const gateway = await aWaitingGateway(server.issuer, 'uma_protection shares:read shares:reduce');
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
    const token = (await gateway.poll()).body.access_token;
    const change = (windows: object[]) =>
      gateway.api(token, 'PATCH', `/api/shares/${id}`, {
        conditions: { once: true, ownKeyOnly: true, weekly: { timeZone, windows } },
      });
    const [window] = weekly.windows;
    const wider = await change([{ ...window, to: '18:01' }]);
    assert.deepEqual([wider.status, wider.body.error], [403, 'insufficient_scope']);
    assert.equal((await change([{ ...window, from: '09:00' }])).status, 200);
  });

  it('own key only is refused for a device whose key a gateway holds', async () => {
    const keys = { jwks: { keys: [(await newKeys()).jwk] } };
    const made = await gateway.api(gateway.pat, 'POST', '/reg', { client_name: 'Lamp', ...keys });
    assert.equal(made.status, 201, made.text);
    const refused = await owner.api('POST', '/api/shares', wish(made.body.client_id, { ownKeyOnly: true }));
    assert.deepEqual([refused.status, refused.body.error], [409, 'own_key_needed']);
    assert.match(refused.body.hint, /^Lamp has no key of its own: a Node-RED keeps it/);
  });
});

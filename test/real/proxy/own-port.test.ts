/** Node-RED behind a real nginx, and its built-in server through the same port, as docs/home-network.md says it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { clientOf, request, type TestClient } from '../../contract/support/test-client.ts';
import { assertion, newKey, proof, type TestKey } from '../../contract/support/test-key.ts';
import { eventually } from '../../flows/support/eventually.ts';
import { type FlowHome, flowHome } from '../../flows/support/flow-home.ts';
import { freePort } from '../../support/free-port.ts';
import { type Nginx, startNginx } from './nginx.ts';

const umaGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';

describe('the server through Node-RED’s own port, behind a real nginx', () => {
  let home: FlowHome;
  let nginx: Nginx;
  let trusting: Agent;
  let outside: string;

  const start = async (location: string) => {
    const port = await freePort();
    outside = `https://localhost:${port}`;
    home = await flowHome({ throughOwnPort: outside });
    await home.start();
    await home.ready();
    nginx = await startNginx(port, location.replace('PORT', new URL(home.url).port));
    trusting = new Agent({ pipelining: 0, connect: { ca: readFileSync(nginx.certificate.cert) } });
  };
  const ask = (url: string, init: RequestInit = {}) => request(url, init, trusting);

  before(function () {
    // test/real/install installs it where it can.
    if (spawnSync('nginx', ['-v']).error) this.skip();
  });
  afterEach(async () => {
    await trusting?.close();
    await nginx?.stop();
    await home?.remove();
  });

  /** One request with a proof, and once more with the nonce that it was asked for. */
  const proved = async (key: TestKey, url: string, make: (dpop: string) => RequestInit, token?: string) => {
    const once = async (nonce?: string) =>
      ask(url, make(await proof(key, { method: 'POST', url, ...(token && { token }), ...(nonce && { nonce }) })));
    const first = await once();
    return first.body?.error === 'use_dpop_nonce' ? once(first.headers.get('dpop-nonce') ?? '') : first;
  };
  const rptFor = async ({ key, clientId }: TestClient): Promise<string | undefined> => {
    const refused = await ask(`${outside}/dishwasher/start`, { method: 'POST' });
    const challenge = refused.headers.get('www-authenticate') ?? '';
    assert.match(challenge, new RegExp(`as_uri="${home.issuer}"`));
    const ticket = /ticket="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const client_assertion = await assertion(key, clientId, home.issuer);
    const form = {
      ...{ grant_type: umaGrant, ticket, client_assertion },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    const body = () => new URLSearchParams(form);
    const answer = await proved(key, `${home.issuer}/token`, (dpop) => ({
      method: 'POST',
      body: body(),
      headers: { dpop },
    }));
    return answer.body.access_token;
  };

  it('a device registers, asks, starts the dishwasher, is revoked and refused; owners stay on their computer', async () => {
    await start(`proxy_pass http://127.0.0.1:PORT; proxy_http_version 1.1;
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_read_timeout 1h;`);
    const description = await ask(`${outside}/.well-known/uma2-configuration/uma`);
    assert.deepEqual([description.body.issuer, description.body.token_endpoint], [home.issuer, `${outside}/uma/token`]);
    assert.equal((await ask(`${home.issuer}/api/home`)).body.error, 'pages_elsewhere');

    const owner = await home.owner();
    const made = await owner('POST', '/api/registration-tokens', { for: 'device', uses: 1, expiresIn: 600 });
    const key = await newKey();
    const registered = await ask(`${home.issuer}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${made.body.token}` },
      body: JSON.stringify({ client_name: 'Thermostat', jwks: { keys: [key.publicJwk] } }),
    });
    assert.equal(registered.status, 201);
    const device = clientOf(home.issuer, registered.body.client_id, key);
    const party = { kind: 'device', id: device.clientId };
    const wish = { resource: await home.resource('Dishwasher'), party, scopes: ['start'] };
    const shared = await owner('POST', '/api/shares', wish);

    const rpt = (await rptFor(device)) ?? assert.fail('no token');
    const call = () =>
      proved(
        key,
        `${outside}/dishwasher/start`,
        (dpop) => ({ method: 'POST', headers: { authorization: `DPoP ${rpt}`, dpop } }),
        rpt,
      );
    assert.equal((await call()).body.started, true);
    await home.deploy('full');
    await eventually('it passes after the deploy', async () => (await call()).body.started === true);
    assert.equal((await owner('DELETE', `/api/shares/${shared.body.id}`)).status, 200);
    assert.equal((await call()).status, 401);
    assert.equal(await rptFor(device), undefined);
  });

  it('a plain proxy_pass, which sends its own Host: nothing of the server is answered', async () => {
    await start('proxy_pass http://127.0.0.1:PORT;');
    for (const path of ['/uma/jwks', '/uma/', '/.well-known/uma2-configuration/uma'])
      assert.equal((await ask(outside + path)).status, 421, path);
  });
});

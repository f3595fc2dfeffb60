import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { type AServer, aServer, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource } from './outside-client.ts';

describe('owner API: malformed requests', () => {
  let server: AServer;
  let owner: SignedIn;
  let endpoints: string[];
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    const text = await readFile(new URL('../../../docs/owner-api.md', import.meta.url), 'utf8');
    const named = [...text.matchAll(/`(GET|POST|PATCH|DELETE) (\/api\/[^`?]+)`/g)];
    endpoints = [...new Set(named.map(([, method, path]) => `${method} ${path}`))];
  });
  after(() => server.end());

  const bodies: (string | Buffer)[] = [
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '',
    '{"__proto__":{"owner":"mallory"},"constructor":1}',
    '{"scopes":[1],"conditions":7,"party":null,"uses":1e999,"name":{},"password":[],"code":"\\u0000"}',
    '{"resource":"\\ud800","party":{"kind":"device","id":"\\ud800"},"scopes":["\\ud800"],"name":"\\ud800"}',
    `${'['.repeat(20_000)}`,
    `{"name":"${'x'.repeat(70_000)}"}`,
    Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  ];
  const ids = ['x', '%00', '%ff', '..%2f..', '%ed%a0%80', encodeURIComponent('\ud83d\ude00'), 'x'.repeat(5000)];
  const sessions = new Set(['DELETE /api/session', 'DELETE /api/sessions', 'POST /api/panic']);
  /** Answered without an end; its own test asks for it in every wrong way. */
  const endless = 'GET /api/events';

  it('are refused with a 4xx, never more', async () => {
    for (const endpoint of endpoints.filter((one) => !sessions.has(one) && one !== endless))
      for (const body of bodies)
        for (const id of endpoint.includes('{') ? ids : ['']) {
          const [method = '', path = ''] = endpoint.split(' ');
          if (method === 'GET' && body !== bodies[0]) continue;
          const response = await request(server.issuer + path.replace(/\{\w+\}/, id), {
            method: method as 'POST',
            headers: { ...owner.headers, 'content-type': 'application/json' },
            ...(method === 'GET' ? {} : { body }),
          });
          const text = await response.body.text();
          const what = `${endpoint} ${id.slice(0, 20)} ${String(body).slice(0, 40)}: ${response.statusCode} ${text}`;
          assert.ok(response.statusCode < 500, what);
          if (endpoint.includes('{')) assert.ok(response.statusCode >= 400, what);
          assert.doesNotMatch(text, /at .+:\d+|node:|Error:/, what);
        }
    assert.deepEqual(server.logged, []);
  }).timeout(60_000);

  it('odd queries of lists too', async () => {
    for (const list of ['shares', 'devices', 'gateways', 'resources', 'history', 'receipts'])
      for (const query of ['limit=-1', 'limit=1e9', 'limit=x', 'limit=', `after=${'x'.repeat(300)}`]) {
        const { status } = await owner.api('GET', `/api/${list}?${query}`);
        assert.equal(status, 400, `${list}?${query}`);
      }
    assert.equal((await owner.api('GET', '/api/shares?after=%ed%a0%80%00')).status, 200);
    assert.deepEqual(server.logged, []);
  });
});

describe('the server started again', () => {
  it('remembers owner, session, gateway, device, resource, share and history', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'uma-again-'));
    const place = { dir: join(dir, 'server'), keyDir: dir };
    const first = await aServer(place);
    const owner = await signIn(first.issuer);
    const resource = await aResource(await aGateway(first.issuer, owner));
    const device = await aDevice(first.issuer);
    const wish = { resource, party: { kind: 'device', id: device }, scopes: ['start'] };
    const share = (await owner.api('POST', '/api/shares', wish)).body;
    await first.close();

    const second = await aServer({ ...place, port: first.port });
    assert.equal(second.setUpLink(), undefined);
    assert.deepEqual((await owner.api('GET', '/api/shares')).body.items, [share]);
    const { counts } = (await owner.api('GET', '/api/home')).body;
    assert.deepEqual(counts, { devices: 1, resources: 1, shares: 1, requests: 0, gateways: 1, leftFlow: 0 });
    const history = (await owner.api('GET', '/api/history')).body.items;
    assert.equal(history[0].what, 'share_granted');
    await second.end();
    await rm(dir, { recursive: true });
  });
});

/** The built-in server through Node-RED's own port (server.md, *Who must reach it*), in a real Node-RED. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendRaw } from '../contract/support/raw-request.ts';
import { clientOf, request } from '../contract/support/test-client.ts';
import { eventually } from './support/eventually.ts';
import { type FlowHome, flowHome, signIn } from './support/flow-home.ts';
import { installLayerProbe, layersOf } from './support/layer-probe.ts';
import { type OutsideDevice, outsideDevice } from './support/outside-device.ts';
import { serverNode } from './support/test-flow.ts';

const settings = (home: FlowHome, lines: string) => appendFileSync(join(home.userDir, 'settings.js'), `${lines}\n`);

describe('the built-in server through Node-RED’s own port', () => {
  let home: FlowHome;
  let device: OutsideDevice;
  let rpt: string;
  let share: string;

  before(async () => {
    home = await flowHome({ throughOwnPort: '/' });
    installLayerProbe(home.userDir);
    await home.start();
    await home.ready();
    const owner = await home.owner();
    // Through this port nobody counts as somebody on this computer.
    await assert.rejects(outsideDevice(home, 'Doorbell'), /401|not registered/);
    assert.equal((await owner('POST', '/api/open-registration', {})).status, 200);
    device = await outsideDevice(home, 'Thermostat outside');
  });
  after(() => home?.remove());

  it('an outside device is shared with, passes, is revoked and refused, with deploys in between', async () => {
    const started = async () => (await device.call(rpt)).status;
    share = await device.share();
    rpt = await device.rpt();
    assert.equal(await started(), 200);
    const before = await layersOf(home.url);
    for (const type of ['full', 'flows', 'nodes', 'full'] as const) {
      await home.deploy(type);
      await eventually('it passes again', async () => (await started()) === 200);
      assert.equal((await request(`${home.issuer}/jwks`)).status, 200);
    }
    assert.deepEqual(await layersOf(home.url), before, 'nothing is put there twice');
    const owner = await home.owner();
    assert.equal((await owner('DELETE', `/api/shares/${share}`)).status, 200);
    const refused = await device.call(rpt);
    assert.equal(refused.status, 401);
    assert.match(String(refused.headers['www-authenticate']), new RegExp(`as_uri="${home.issuer}"`));
  });

  it('a flow’s own device asks, is shared with, calls, and is refused after the revoke', async () => {
    await eventually('shared', async () => (await home.knock('/test/share')).status === 200);
    await eventually('started', async () => (await home.knock('/test/call')).body.statusCode === 200);
    const shared = (await (await home.owner())('GET', '/api/shares')).body.items as { id: string }[];
    for (const { id } of shared) await home.knock('/test/revoke', { share: id });
    await eventually('refused', async () => (await home.knock('/test/call')).body.statusCode !== 200);
  });

  it('describes itself in both places where it is looked for (RFC 8414 3.1, UMA Grant 2)', async () => {
    for (const name of ['uma2-configuration', 'oauth-authorization-server', 'openid-configuration'])
      for (const url of [`${home.issuer}/.well-known/${name}`, `${home.url}/.well-known/${name}/uma`])
        assert.equal((await request(url)).body.issuer, home.issuer, url);
  });

  it('no page and nothing of /api has the origin of the flows’ pages; the owner’s pages are on this computer', async () => {
    for (const path of ['/', '/device', '/setup', '/api/home', '/portal.js']) {
      const answer = await request(home.issuer + path, { headers: { accept: 'text/html' } });
      assert.deepEqual([answer.status, answer.body.error], [421, 'pages_elsewhere'], path);
    }
    assert.match((await request(`${home.pages}/`)).body, /<html/);
  });

  it('nothing of Node-RED is before it: no other origin may read, bodies are its own to read, and it alone judges', async () => {
    const port = Number(new URL(home.url).port);
    const raw = async (method: string, target: string, headers: [string, string][] = [], body = '') => {
      const common: [string, string][] = [
        ['Host', `127.0.0.1:${port}`],
        ['Connection', 'close'],
        ['Content-Length', String(body.length)],
      ];
      const all = [...common.filter(([name]) => !headers.some(([own]) => own === name)), ...headers];
      const answer = await sendRaw(port, { method, target, headers: all, body: Buffer.from(body) });
      assert.notEqual(answer, 'closed', `${method} ${target}`);
      return answer as Exclude<typeof answer, 'closed'>;
    };
    const foreign: [string, string][] = [
      ['Origin', 'https://evil.test'],
      ['Access-Control-Request-Method', 'POST'],
    ];
    const preflight = await raw('OPTIONS', '/uma/token', foreign);
    assert.equal(preflight.status, 405);
    const read = await raw('GET', '/uma/jwks', foreign.slice(0, 1));
    assert.deepEqual([read.status, read.headers.get('access-control-allow-origin')], [200, undefined]);
    assert.equal(read.headers.get('x-powered-by'), undefined);
    assert.equal((await raw('GET', '/uma/jwks', [['Host', 'evil.test']])).status, 421);
    assert.equal((await raw('GET', `http://127.0.0.1:${port}/uma/jwks`)).status, 421);
    const form: [string, string][] = [['Content-Type', 'application/x-www-form-urlencoded']];
    const twice = await raw('POST', '/uma/token', form, 'grant_type=a&grant_type=b');
    assert.deepEqual([twice.status, JSON.parse(twice.text).error_description], [400, 'a parameter was sent twice']);
    const json: [string, string][] = [['Content-Type', 'application/json']];
    const broken = await raw('POST', '/uma/reg', json, '{"a":');
    assert.deepEqual([broken.status, JSON.parse(broken.text).error_description], [400, 'the body is not JSON']);
    const large = await raw('POST', '/uma/token', form, `a=${'x'.repeat(70_000)}`);
    assert.equal(large.status, 413);
    const upgrade: [string, string][] = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
    ];
    assert.equal((await raw('GET', '/uma/events', upgrade)).status, 421);
  });

  it('after a restart everything is there, also what was ended', async () => {
    await home.kill();
    await home.start();
    await home.nodeRed.line(/connected to its owner/);
    await eventually('refused', async () => (await device.call(rpt)).status === 401);
    await device.share();
    rpt = await device.rpt();
    assert.equal((await device.call(rpt)).status, 200);
  });

  it('another answer to who must reach it, and back: devices, shares and resources stay, the port is given back', async () => {
    const lists = ['devices', 'resources', 'shares', 'gateways'];
    const idsIn = async (owner: Awaited<ReturnType<typeof signIn>>) =>
      Promise.all(
        lists.map(async (list) => {
          const { body } = await owner('GET', `/api/${list}`);
          return (body.items as { id: string }[]).map(({ id }) => id).sort();
        }),
      );
    const before = await idsIn(await home.owner());
    const here = home.flow.map((node) => (node.id === serverNode ? { ...node, reach: 'this-computer' } : node));
    await home.deploy('full', here);
    await eventually('at its own port', async () => {
      const description = await request(`${home.pages}/.well-known/uma2-configuration`).catch(() => undefined);
      return description?.body.issuer === home.pages;
    });
    assert.equal((await request(`${home.issuer}/jwks`)).status, 404);
    assert.deepEqual(await idsIn(await signIn(home.pages)), before);
    const told = await clientOf(home.pages, device.client.clientId, device.key).rpt('none');
    assert.equal(told.body.error, 'invalid_grant', 'a device that is told the address is known');

    await home.deploy('full');
    await eventually('there again', async () => (await request(`${home.issuer}/jwks`)).status === 200);
    assert.deepEqual(await idsIn(await signIn(home.pages)), before);
    rpt = await device.rpt();
    assert.equal((await device.call(rpt)).status, 200);
  });
});

describe('Node-RED’s own port', () => {
  let home: FlowHome | undefined;
  afterEach(() => home?.remove());

  for (const [setting, why] of [
    [`module.exports.httpNodeAuth = { user: 'flows', pass: '$2b$08$${'a'.repeat(53)}' };`, 'httpNodeAuth'],
    ['module.exports.httpNodeRoot = false;', 'httpNodeRoot'],
  ] as const)
    it(`is not used where ${why} keeps devices out, and the server’s node says so`, async () => {
      home = await flowHome({ throughOwnPort: '/' });
      settings(home, setting);
      await home.start();
      assert.match(await home.nodeRed.line(/who must reach the server/), new RegExp(why));
      await assert.rejects(fetch(home.pages), 'it does not run half-way either');
    });

  it('under another root for flows (httpNodeRoot), as Home Assistant has it', async () => {
    home = await flowHome({ throughOwnPort: '/endpoint/' });
    settings(home, "module.exports.httpNodeRoot = '/endpoint';");
    await home.start();
    await home.ready();
    assert.match(home.issuer, /\/endpoint\/uma$/);
    const { body } = await request(`${home.issuer}/.well-known/uma2-configuration`);
    assert.equal(body.issuer, home.issuer);
    assert.equal((await request(`${home.url}/uma/jwks`)).status, 404);
    assert.equal((await request(`${home.url}/.well-known/oauth-authorization-server/endpoint/uma`)).status, 404);
  });
});

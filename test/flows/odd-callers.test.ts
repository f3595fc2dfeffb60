/** Callers of a real Node-RED with the real gateway who send what only looks like a right, or what nobody would send. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import fc from 'fast-check';
import { connectGateway, signIn as signInOwner } from '../contract/support/home.ts';
import { proof } from '../contract/support/test-key.ts';
import { fuzz, fuzzTimeoutMs, oddTexts, pollution } from '../support/fuzz.ts';
import { type FlowHome, flowHome, owner } from './support/flow-home.ts';
import { installLeakProbe, leftovers } from './support/leak-probe.ts';
import { type Answer, dishwasherPath, type OutsideDevice, outsideDevice, send } from './support/outside-device.ts';
import type { FlowNode } from './support/test-flow.ts';

const runs = 200;
const mostCalls = 1_000;
/** Code that was compiled meanwhile; a thousand messages that stay would be more. */
const mostGrownMb = 3;
const at = { z: 't-flow', x: 1, y: 1 };

/** A flow of somebody who collects cookies: it tries each call that its visitor's cookie might open, as it is told to. */
const thief: FlowNode[] = [
  { ...at, id: 'c-in', type: 'http in', url: '/free-gift', method: 'post', upload: false, wires: [['c-try']] },
  {
    ...at,
    ...{
      id: 'c-try',
      type: 'function',
      outputs: 1,
      timeout: 0,
      initialize: '',
      finalize: '',
      libs: [],
      wires: [['c-call']],
    },
    func: `const { method, url, csrf, body } = msg.payload;
msg.method = method; msg.url = url;
msg.headers = { cookie: msg.req.headers.cookie, 'content-type': 'application/json', ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) };
msg.payload = body;
return msg;`,
  },
  {
    ...at,
    ...{ id: 'c-call', type: 'http request', method: 'use', ret: 'txt', url: '', tls: '', persist: false, proxy: '' },
    ...{ authType: '', senderr: false, paytoqs: 'ignore', insecureHTTPParser: false, headers: [], wires: [['c-tell']] },
  },
  {
    ...at,
    ...{
      id: 'c-tell',
      type: 'function',
      outputs: 1,
      timeout: 0,
      initialize: '',
      finalize: '',
      libs: [],
      wires: [['c-out']],
    },
    func: 'msg.payload = { status: msg.statusCode, text: msg.payload, cookie: msg.req.headers.cookie }; msg.statusCode = 200; msg.headers = {}; return msg;',
  },
  { ...at, id: 'c-out', type: 'http response', statusCode: '', headers: {}, wires: [] },
];

/** Writes these bytes and reads until the other side closes. */
function raw(home: FlowHome, text: string): Promise<string> {
  const { port } = new URL(home.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(text);
  });
}

describe('odd callers', () => {
  let home: FlowHome;
  let device: OutsideDevice;
  let rpt: string;

  before(async () => {
    home = await flowHome();
    installLeakProbe(home.userDir);
    await home.start();
    await home.ready();
    device = await outsideDevice(home, 'Thermostat outside');
    await device.share();
    rpt = await device.rpt();
    assert.equal((await device.call(rpt)).status, 200);
  });
  after(async () => await home?.remove());

  describe('a flow on another port of this host that receives the owner’s cookie', () => {
    it('can neither read a share nor change one', async () => {
      await home.deploy('full', [...home.flow, ...thief]);
      const session = await fetch(`${home.issuer}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(owner),
      });
      const [cookie = ''] = session.headers.getSetCookie()[0]?.split(';') ?? [];
      const { csrfToken } = (await session.json()) as { csrfToken: string };
      const own = { cookie, 'x-csrf-token': csrfToken };
      const list = async () =>
        (await (await fetch(`${home.issuer}/api/shares`, { headers: own })).json()) as { items: { id: string }[] };
      const before = await list();
      const [share] = before.items;
      assert.ok(share, 'with both halves the owner sees the share');

      const party = { kind: 'device', id: device.client.clientId };
      const wish = { resource: await home.resource('Oven'), party, scopes: ['start'] };
      const tries: [method: string, path: string, body?: object][] = [
        ['GET', '/api/home'],
        ['GET', '/api/shares'],
        ['GET', '/api/history'],
        ['GET', '/api/events'],
        ['POST', '/api/shares', wish],
        ['PATCH', `/api/shares/${share.id}`, { scopes: ['start', 'stop'] }],
        ['DELETE', `/api/shares/${share.id}`],
        ['POST', '/api/panic', {}],
        ['DELETE', '/api/session'],
      ];
      for (const csrf of [undefined, '', 'guessed', cookie.split('=')[1]])
        for (const [method, path, body] of tries) {
          // A browser sends a cookie to every port of its host.
          const visit = await fetch(`${home.url}/free-gift`, {
            method: 'POST',
            headers: { cookie, 'content-type': 'application/json' },
            body: JSON.stringify({ method, url: home.issuer + path, csrf, body }),
          });
          const told = (await visit.json()) as { status: number; text: string; cookie: string };
          assert.equal(told.cookie, cookie, 'the flow has it');
          assert.ok([401, 404].includes(told.status), `${method} ${path}: ${told.status} ${told.text}`);
          assert.doesNotMatch(told.text, new RegExp(share.id), `${method} ${path}`);
        }
      assert.deepEqual(await list(), before, 'nothing has changed, and the owner is still signed in');
    });
  });

  describe('what is no RPT', () => {
    it('F 1.3: a protection token and an owner’s token are invalid_token at a protected address', async () => {
      const gateway = await connectGateway(home.issuer, await signInOwner(home.issuer), 'Another gateway');
      const flow = await gateway.authenticated('/device/auth', { scope: 'shares:read' });
      await (await home.owner())('POST', `/api/codes/${flow.body.user_code}/approve`, {});
      const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
      const given = await gateway.token({ grant_type, device_code: flow.body.device_code });
      for (const token of [await gateway.pat(), given.body.access_token, given.body.refresh_token]) {
        assert.ok(token);
        const dpop = await proof(gateway.key, { method: 'POST', url: home.url + dishwasherPath, token });
        const headers = ['Authorization', `DPoP ${token}`, 'DPoP', dpop];
        const answer = await send(home.url + dishwasherPath, { headers });
        assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_token']);
      }
    });
  });

  describe('targets and addresses', () => {
    it('RFC 9112 3.2.2: the whole address in the request line opens nothing, and widens no proof', async () => {
      const { host } = new URL(home.url);
      const ask = async (target: string, headers: string[]) => {
        const lines = headers.map((value, index) => (index % 2 === 0 ? `${value}: ` : `${value}\r\n`)).join('');
        const head = `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: 0\r\n`;
        return Number((await raw(home, `${head}${lines}\r\n`)).split(' ')[1]);
      };
      for (const target of [home.url + dishwasherPath, `http://evil.example${dishwasherPath}`]) {
        assert.equal(await ask(target, []), 401, `${target} without a token`);
        const foreign = await device.headers(rpt, { url: `http://evil.example${dishwasherPath}` });
        assert.equal(await ask(target, foreign), 401, `${target}, proved for another address`);
      }
    });

    it('X-Forwarded-* and Forwarded make no address of ours', async () => {
      const headers = [
        ...(await device.headers(rpt, { url: `https://evil.example${dishwasherPath}` })),
        ...[
          'X-Forwarded-Host',
          'evil.example',
          'X-Forwarded-Proto',
          'https',
          'Forwarded',
          'host=evil.example;proto=https',
        ],
      ];
      const answer = await send(home.url + dishwasherPath, { headers });
      assert.deepEqual([answer.status, answer.body.error], [401, 'proof_invalid']);
      const own = [...(await device.headers(rpt)), 'X-Forwarded-Host', 'evil.example'];
      assert.notEqual((await send(home.url + dishwasherPath, { headers: own })).body.error, 'proof_invalid');
    });
  });

  describe('messages at random', () => {
    const json = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom<unknown>(
        ...oddTexts.map((text) => text.slice(0, 2_000)),
        JSON.parse(pollution),
        1e308,
        -1,
        2 ** 31,
      ),
    );
    // Not `res`: a flow that lets a sender write over that answers nobody, whatever we do.
    const names = [
      'req', 'headers', 'payload', 'uma', 'token', 'proof', 'method', 'url', 'device', 'resource', 'scopes', 'share', 'until',
      'statusCode', 'requestTimeout', 'topic', 'target', '_msgid', 'action', '__proto__', 'constructor', 'toString',
    ]; // biome-ignore format: a list to read through
    // Nor a message without a prototype: core's own Catch cannot take one.
    const member = fc
      .tuple(fc.constantFrom(...names), json)
      .filter(([name, value]) => name !== '__proto__' || value !== null);
    const members = fc.array(member, { maxLength: 6 });
    const doors = [
      '/careless/start',
      '/test/revoke',
      '/test/status',
      '/test/share',
      '/test/call',
      '/test/headers',
      '/test/ask',
    ];

    const anyCall = [fc.constantFrom(...doors), members] as const;

    function sendTo(door: string, some: [string, unknown][]): Promise<Answer> {
      const body = `{${some.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
      return send(home.url + door, { headers: ['Content-Type', 'application/json'], body, withinMs: 5_000 });
    }

    it('that a careless flow lays over its own are answered within five seconds, and let nothing pass', async function () {
      this.timeout(fuzzTimeoutMs(runs, 120_000));
      const printed = home.lines.length;
      await fc.assert(
        fc.asyncProperty(...anyCall, async (door, some) => {
          const answer = await sendTo(door, some);
          if (door === '/careless/start') assert.notEqual(answer.status, 200, 'nothing passes');
          assert.doesNotMatch(
            JSON.stringify(answer.body),
            /node:internal|node_modules|\.js:\d+/,
            'tells nothing of the inside',
          );
        }),
        fuzz(runs),
      );
      const faults = home.lines.slice(printed).filter((line) => /uncaught|unhandled|\bat .+:\d+:\d+/i.test(line));
      assert.deepEqual(faults, []);
      assert.equal((await device.call(rpt)).status, 200, 'and the device goes on');
    });

    it('leave nothing behind in memory', async () => {
      // The ones before have compiled, and opened what stays.
      const before = await leftovers(home.url);
      const calls = fc.sample(fc.tuple(...anyCall), { numRuns: mostCalls, seed: fuzz(runs).seed });
      for (const [door, some] of calls) await sendTo(door, some);
      const after = await leftovers(home.url);
      const grownMb = after.heapMb - before.heapMb;
      assert.ok(grownMb < mostGrownMb, `${mostCalls} messages left ${grownMb} MB`);
    });
  });
});

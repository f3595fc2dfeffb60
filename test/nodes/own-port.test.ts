/** *Who must reach it*: through Node-RED's own port, as the server node reads it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import helper from 'node-red-node-test-helper';
import { aFlow, configs, withNodeRed } from './a-flow.ts';

const anyNode = { type: 'device-identity', deviceType: 'config', device: 'n-thermostat' };
const base = { ...configs[0], port: '1862', reach: 'own-port' };

const opened = async (config: object) => {
  const flow = await aFlow(anyNode, { nodes: [{ ...base, ...config }] });
  return flow.gateways.opened[0]?.settings;
};
const offered = async () => (await helper.request().get('/uma-home/own-port').set('x-uma-home', '1')).body;

describe('a built-in server through Node-RED’s own port', () => {
  withNodeRed();

  it('goes by Node-RED’s public address, typed with or without the path that the server has there', async () => {
    for (const [publicAddress, issuer] of [
      ['https://home.example', 'https://home.example/uma'],
      [' https://Home.Example/ ', 'https://home.example/uma'],
      ['https://home.example/uma', 'https://home.example/uma'],
      ['https://ha.local:1880/endpoint/', 'https://ha.local:1880/endpoint/uma'],
      ['http://127.0.0.1:1880', 'http://127.0.0.1:1880/uma'],
    ] as const) {
      const settings = await opened({ publicAddress });
      const reach = { issuer, proxies: [] };
      assert.deepEqual(settings?.server, { kind: 'built-in', port: 1862, reach }, publicAddress);
      assert.ok(settings?.ownPort);
      assert.ok(settings.addresses().includes(new URL(issuer).origin), 'devices reach Node-RED there, too');
      await helper.unload();
    }
  });

  it('is told which proxies are in front, and that Node-RED is in a container; overheard only where that was ticked', async () => {
    const more = { publicAddress: 'http://pi.home:1880', proxies: '172.18.0.2, 10.0.0.0/8', fromContainer: true };
    assert.equal(await opened(more), undefined);
    await helper.unload();
    const settings = await opened({ ...more, overheard: true });
    const proxies = ['172.18.0.2', '10.0.0.0/8'];
    const reach = { issuer: 'http://pi.home:1880/uma', proxies, notEncrypted: true, fromContainer: true };
    assert.deepEqual(settings?.server, { kind: 'built-in', port: 1862, reach });
  });

  it('stays closed without an address by which everybody finds Node-RED', async () => {
    const none = [
      '',
      'home.example',
      'ftp://x',
      'https://x/?a',
      'https://x/#a',
      'https://a:b@x',
      'http://0.0.0.0:1880',
    ];
    for (const publicAddress of [...none, 'https://x/a%20b', 'https://x/.well-known']) {
      assert.equal(await opened({ publicAddress }), undefined, publicAddress);
      await helper.unload();
    }
  });

  it('is handed on to a second connection’s gateway', async () => {
    const first = { ...base, publicAddress: 'https://home.example' };
    const flow = await aFlow(anyNode, { nodes: [first, { ...configs[0], id: 'n-second', connection: 'second' }] });
    const [one, two] = flow.gateways.opened.map(({ settings }) => settings);
    assert.deepEqual(two?.server, one?.server);
    assert.equal(two?.ownPort, one?.ownPort);
  });

  it('is offered in the form, with the path it has there', async () => {
    await aFlow(anyNode);
    assert.deepEqual(await offered(), { path: '/uma' });
  });

  it('Test connection asks at the public address, as devices do, and says what to mend in front of Node-RED', async () => {
    let answer: { status: number; issuer?: string } = { status: 200 };
    const front = createServer((_request, response) => {
      response.writeHead(answer.status).end(JSON.stringify({ issuer: answer.issuer }));
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    try {
      const config = { ...base, publicAddress: `http://127.0.0.1:${(front.address() as AddressInfo).port}` };
      await aFlow(anyNode, { nodes: [config] });
      const issuer = `${config.publicAddress}/uma`;
      const lastStep = async () => {
        const { body } = await helper.request().post('/uma-home/test').set('x-uma-home', '1').send(config);
        const steps = body.steps as { step: string; ok: boolean; hint?: string }[];
        return steps.find(({ step }) => step.includes(issuer));
      };
      answer = { status: 200, issuer };
      assert.equal((await lastStep())?.ok, true);
      answer = { status: 421 };
      assert.match((await lastStep())?.hint ?? '', /Host header/);
      answer = { status: 200, issuer: 'https://elsewhere.test' };
      assert.match((await lastStep())?.hint ?? '', /Something else answers/);
    } finally {
      front.close();
    }
  });
});

describe('a deploy warns of what flows serve where the server answers first', () => {
  withNodeRed();
  const door = { id: 'door', type: 'http in', z: 'tab', x: 1, y: 1, url: '/uma/lamp', wires: [] };
  const httpIn = (RED: NodeAPI): void =>
    RED.nodes.registerType('http in', function Fake(this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
    });

  const told = async (config: object, more: object[] = []) => {
    await aFlow(anyNode, { nodes: [{ ...base, ...config }, door, ...more], types: [httpIn] });
    return helper
      .log()
      .args.map(([{ msg }]) => String(msg))
      .filter((line) => line.includes('is never reached'));
  };
  const publicAddress = 'https://home.example';

  it('once, however many connections use that server', async () => {
    const lines = await told({ publicAddress }, [{ ...configs[0], id: 'n-second', connection: 'second' }]);
    assert.deepEqual(lines.length, 1);
    assert.match(lines[0] ?? '', /^"\/uma\/lamp" of your flows is never reached/);
  });

  it('not where it is reached another way', async () => {
    assert.deepEqual(await told({ reach: 'this-computer' }), []);
  });
});

for (const [name, settings] of [
  ['httpNodeAuth', { httpNodeAuth: { user: 'x', pass: 'y' } }],
  ['httpAdminAuth', { httpAdminAuth: { user: 'x', pass: 'y' } }],
] as const)
  describe(`Node-RED’s own port under ${name}`, () => {
    withNodeRed(settings);

    it('is not offered, and a server that is meant for it stays closed: devices have no password', async () => {
      assert.equal(await opened({ publicAddress: 'https://home.example' }), undefined);
      const { hint, path } = await offered();
      assert.match(String(hint), new RegExp(name));
      assert.equal(path, undefined);
    });
  });

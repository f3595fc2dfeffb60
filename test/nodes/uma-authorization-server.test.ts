import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { OwnerNotConnected } from '../../lib/servers/errors.ts';
import { aFlow, configs, withNodeRed } from './a-flow.ts';
import { createFakeGateways } from './fake-gateway.ts';

const anyNode = { type: 'device-identity', deviceType: 'config', device: 'n-thermostat' };

function get(path: string) {
  return helper.request().get(path).set('x-uma-home', '1');
}

describe('uma-authorization-server', () => {
  withNodeRed();

  it('opens one gateway with its settings, and gives it back when it closes', async () => {
    const flow = await aFlow(anyNode, { credentials: { 'n-home': { registrationToken: 'not for built-in' } } });
    const [opened] = flow.gateways.opened;
    assert.equal(flow.gateways.opened.length, 1);
    const { addresses, log: _log, userDir: _dir, ...settings } = opened?.settings ?? ({} as never);
    assert.deepEqual(settings, {
      connection: 'home',
      language: 'en',
      server: { kind: 'built-in', port: 0 },
      name: 'Home',
    });
    const port = new URL(helper.url()).port;
    assert.deepEqual(addresses(), [`http://127.0.0.1:${port}`, `http://localhost:${port}`]);
    await helper.unload();
    assert.equal(opened?.released, true);
  });

  it('holds devices and resources while their nodes are there', async () => {
    const flow = await aFlow(anyNode);
    assert.deepEqual([...flow.fake().held].sort(), ['device thermostat', 'resource dishwasher']);
    assert.deepEqual(flow.fake().calls('hold resource'), [
      [{ key: 'dishwasher', name: 'Dishwasher', scopes: ['start', 'stop'], critical: false }],
    ]);
    const { held } = flow.fake();
    await helper.unload();
    assert.deepEqual([...held], []);
  });

  it('reaches a built-in server elsewhere with a registration token, which is a credential', async () => {
    const nodes = [
      {
        id: 'n-home',
        type: 'uma-authorization-server',
        kind: 'built-in-at',
        url: 'http://127.0.0.1:9/',
        connection: '',
      },
    ];
    const flow = await aFlow(anyNode, { nodes, credentials: { 'n-home': { registrationToken: 'rt-1' } } });
    const { server, connection, registrationToken } = flow.gateways.opened[0]?.settings ?? ({} as never);
    assert.deepEqual(
      [server, connection, registrationToken],
      [{ kind: 'built-in-at', url: 'http://127.0.0.1:9' }, 'home', 'rt-1'],
    );
  });

  it('takes the first owner from UMA_OWNER and UMA_OWNER_PASSWORD, and the password out of what flows can read', async () => {
    Object.assign(process.env, { UMA_OWNER: 'alice', UMA_OWNER_PASSWORD: 'wonderland' });
    const flow = await aFlow(anyNode);
    delete process.env.UMA_OWNER;
    assert.equal(process.env.UMA_OWNER_PASSWORD, undefined);
    assert.deepEqual(flow.gateways.opened[0]?.settings.owner, { name: 'alice', password: 'wonderland' });
  });

  it('takes the key of the stores from UMA_STORE_KEY, out of what flows can read', async () => {
    process.env.UMA_STORE_KEY = 'a passphrase of some length';
    const flow = await aFlow(anyNode);
    assert.equal(process.env.UMA_STORE_KEY, undefined);
    assert.equal(flow.gateways.opened[0]?.settings.storeKey, 'a passphrase of some length');
  });

  it('takes the fingerprint of a server at an address, and stays closed where it is none', async () => {
    const at = { ...configs[0], kind: 'built-in-at', url: 'http://127.0.0.1:1862' };
    const fingerprint = 'x'.repeat(43);
    const flow = await aFlow(anyNode, { nodes: [{ ...at, serverKey: ` ${fingerprint} ` }] });
    assert.equal(flow.gateways.opened[0]?.settings.serverKey, fingerprint);
    await helper.unload();
    const odd = await aFlow(anyNode, { nodes: [{ ...at, serverKey: 'not a fingerprint' }] });
    assert.equal(odd.gateways.opened.length, 0);
  });

  it('who must reach it: this computer only where nothing is chosen, or the home network under one name', async () => {
    const reached = async (config: object) => {
      const flow = await aFlow(anyNode, { nodes: [{ ...configs[0], port: '1862', ...config }] });
      const [opened] = flow.gateways.opened;
      await helper.unload();
      return opened?.settings.server;
    };
    const built = { kind: 'built-in', port: 1862 };
    for (const reach of [undefined, '', 'this-computer']) assert.deepEqual(await reached({ reach, host: 'x' }), built);
    const made = { certificate: { from: 'made' } };
    for (const [typed, host] of [
      ['raspberrypi.local', 'raspberrypi.local'],
      [' Pi.Home ', 'pi.home'],
      ['192.168.1.10', '192.168.1.10'],
      ['fd00::10', '[fd00::10]'],
      ['[fd00:0:0::10]', '[fd00::10]'],
    ] as const)
      assert.deepEqual(await reached({ reach: 'home', host: typed }), { ...built, reach: { host, ...made } }, typed);
    const files = { certificateFrom: 'files', certificateFile: '/ssl/fullchain.pem', keyFile: '/ssl/privkey.pem' };
    assert.deepEqual(await reached({ reach: 'home', host: 'pi.home', ...files }), {
      ...built,
      reach: { host: 'pi.home', certificate: { from: 'files', cert: '/ssl/fullchain.pem', key: '/ssl/privkey.pem' } },
    });
  });

  it('is overheard only where that was ticked, and says so', async () => {
    const plain = { ...configs[0], port: '1862', reach: 'not-encrypted', host: 'pi.home' };
    const unticked = await aFlow(anyNode, { nodes: [plain] });
    assert.equal(unticked.gateways.opened.length, 0);
    await helper.unload();
    const flow = await aFlow(anyNode, { nodes: [{ ...plain, overheard: true }] });
    const reach = { host: 'pi.home', notEncrypted: true };
    assert.deepEqual(flow.gateways.opened[0]?.settings.server, { kind: 'built-in', port: 1862, reach });
  });

  it('stays closed where it could be reached by no name, by every computer’s own, or without the files it was promised', async () => {
    const home = { ...configs[0], port: '1862', reach: 'home', host: 'pi.home' };
    for (const wrong of [
      ...[
        '',
        'http://pi.home',
        'pi.home:1862',
        'pi.home/x',
        'a@pi.home',
        'localhost',
        '127.0.0.1',
        '0.0.0.0',
        '::',
        '::1',
      ].map((host) => ({ host })),
      { certificateFrom: 'files', certificateFile: '/ssl/fullchain.pem' },
      { reach: 'everybody' },
      { port: '0' },
    ]) {
      const flow = await aFlow(anyNode, { nodes: [{ ...home, ...wrong }] });
      assert.equal(flow.gateways.opened.length, 0, JSON.stringify(wrong));
      await helper.unload();
    }
  });

  it('hands Node-RED’s own certificate on, also to a second connection’s gateway', async () => {
    const first = { ...configs[0], port: '1862', reach: 'home', host: 'pi.home', certificateFrom: 'settings' };
    const nodes = [first, { ...configs[0], id: 'n-second', connection: 'second' }];
    const flow = await aFlow(anyNode, { nodes });
    for (const { settings } of flow.gateways.opened) {
      const certificate = { from: 'settings' };
      assert.deepEqual(settings.server, { kind: 'built-in', port: 1862, reach: { host: 'pi.home', certificate } });
      await assert.rejects(settings.ownCertificate?.() ?? Promise.resolve(), /no certificate/);
    }
    assert.equal(flow.gateways.opened.length, 2);
  });

  it('takes the fingerprint of a certificate that a server elsewhere made, and stays closed where it is none', async () => {
    const at = { ...configs[0], kind: 'built-in-at', url: 'https://pi.home:1862' };
    const flow = await aFlow(anyNode, { nodes: [{ ...at, certificate: ` ${'ab'.repeat(32)} ` }] });
    const certificate = Array(32).fill('AB').join(':');
    assert.deepEqual(flow.gateways.opened[0]?.settings.server, { kind: 'built-in-at', url: at.url, certificate });
    await helper.unload();
    const odd = await aFlow(anyNode, { nodes: [{ ...at, certificate: 'AB:CD' }] });
    assert.equal(odd.gateways.opened.length, 0);
  });

  it('knows the addresses that were typed instead of its own', async () => {
    const nodes = [{ ...configs[0], addresses: ['https://home.example:8443/x', 'nonsense'] }];
    const flow = await aFlow(anyNode, { nodes });
    assert.deepEqual(flow.gateways.opened[0]?.settings.addresses(), ['https://home.example:8443']);
  });

  it('uses the first server where an import made a second one for the same connection', async () => {
    const nodes = [{ ...configs[0], id: 'n-second', port: '1999' }];
    const flow = await aFlow(anyNode, { nodes });
    assert.deepEqual(
      flow.gateways.opened.map(({ settings }) => settings.server),
      [
        { kind: 'built-in', port: 0 },
        { kind: 'built-in', port: 0 },
      ],
    );
  });

  it('uses the one built-in server of this Node-RED for a second connection too', async () => {
    const nodes = [{ ...configs[0], id: 'n-second', port: '1999', connection: 'second' }];
    const flow = await aFlow(anyNode, { nodes });
    assert.deepEqual(
      flow.gateways.opened.map(({ settings: { connection, server } }) => ({ connection, server })),
      [
        { connection: 'home', server: { kind: 'built-in', port: 0 } },
        { connection: 'second', server: { kind: 'built-in', port: 0 } },
      ],
    );
  });

  it('shows that nobody owns the server rather than a mistake, where that is the reason', async () => {
    const flow = await aFlow({
      type: 'revoke',
      server: 'n-home',
      target: 'share',
      shareType: 'msg',
      shareValue: 'nothing',
    });
    flow.fake().become({ phase: 'no-owner' });
    flow.give({});
    await flow.next(3);
    assert.equal(flow.statuses.at(-1)?.text, 'status.no-owner');
  });

  it('stays closed, and says why, where its settings cannot be used', async () => {
    const nodes = [{ ...configs[0], port: '99999999' }];
    const flow = await aFlow(anyNode, { nodes });
    assert.equal(flow.gateways.opened.length, 0);
    flow.give({});
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'no_server');
  });

  it('shows under every node how the server stands, until a message says more', async () => {
    const flow = await aFlow(anyNode);
    const shown = () => flow.statuses.map(({ text }) => text);
    const next = () => new Promise((resolve) => flow.node.once('call:status' as 'close', resolve as () => void));
    flow.fake().become({ phase: 'no-owner' });
    await next();
    flow.fake().become({ phase: 'waiting-for-owner', userCode: 'BCDF-GHJK', verificationUri: 'http://as/device' });
    await next();
    flow.fake().become({ phase: 'ready' });
    await next();
    assert.deepEqual(shown().slice(-3), ['status.no-owner', 'status.waiting-for-owner', undefined]);
  });

  it('shows that everything is stopped, and clears what was shown meanwhile when it goes on', async () => {
    const flow = await aFlow(anyNode);
    const next = () => new Promise((resolve) => flow.node.once('call:status' as 'close', resolve as () => void));
    flow.fake().become({ phase: 'stopped', link: 'http://as/panic' });
    await next();
    assert.equal(flow.statuses.at(-1)?.text, 'status.panic');
    flow.give({});
    await flow.next(1);
    assert.notEqual(flow.statuses.at(-1)?.text, 'status.panic');
    flow.fake().become({ phase: 'ready' });
    await next();
    assert.deepEqual(flow.statuses.at(-1), {});
  });

  it('a gateway that cannot open is a mistake that Catch nodes hear, with its own code', async () => {
    const gateways = createFakeGateways();
    gateways.gate = Promise.reject(
      Object.assign(new Error('Port 1862 is in use'), { code: 'port_in_use', hint: { key: 'hint.port_in_use' } }),
    );
    gateways.gate.catch(() => {});
    const flow = await aFlow(anyNode, { gateways });
    flow.give({});
    assert.equal(((await flow.next(3)).error as unknown as { code: string }).code, 'port_in_use');
  });
});

describe('the forms’ questions to Node-RED', () => {
  describe('without a login of the editor', () => {
    withNodeRed();

    it('show how a server stands, but never the link that would make somebody its owner', async () => {
      const flow = await aFlow(anyNode);
      flow.fake().become({ phase: 'no-owner', setUpLink: 'http://127.0.0.1:1862/setup?code=secret', userCode: 'BCDF' });
      const { status, body, text } = await get('/uma-home/servers/n-home');
      assert.deepEqual([status, body.phase, body.userCode], [200, 'no-owner', 'BCDF']);
      assert.equal(text.includes('secret'), false);
      const link = await get('/uma-home/servers/n-home/set-up');
      assert.deepEqual([link.status, link.text.includes('secret')], [404, false]);
    });

    it('show what the owner’s page shows beside a code: who lets it in is told to compare', async () => {
      const flow = await aFlow(anyNode);
      const code = { userCode: 'BCDF-GHJK', verificationUri: 'http://127.0.0.1:1862/device' };
      flow.fake().become({ phase: 'waiting-for-owner', ...code });
      assert.match(String((await get('/uma-home/servers/n-home')).body.fingerprint), /Fingerprint.*a-fingerprint$/);
      flow.fake().become({ phase: 'ready' });
      assert.equal((await get('/uma-home/servers/n-home')).body.fingerprint, undefined);
    });

    it('show the fingerprint of a certificate that the server made itself', async () => {
      const flow = await aFlow(anyNode);
      assert.equal((await get('/uma-home/servers/n-home')).body.certificate, undefined);
      flow.fake().answers.madeCertificate = () => 'AA:BB';
      assert.match(String((await get('/uma-home/servers/n-home')).body.certificate), /SHA-256.*AA:BB$/);
      Object.assign(flow.fake().answers, { notEncrypted: true });
      assert.match(String((await get('/uma-home/servers/n-home')).body.certificate), /^Not encrypted/);
    });

    it('offer the names that this computer has, none of loopback', async () => {
      await aFlow(anyNode);
      const { names } = (await get('/uma-home/own-names')).body as { names: string[] };
      assert.ok(names.length > 0);
      assert.deepEqual(
        names.filter((name) => /^127\.|^::1$|^fe80|^localhost/i.test(name)),
        [],
      );
    });

    it('say that everything is stopped, and where its owner ends that', async () => {
      const flow = await aFlow(anyNode);
      flow.fake().become({ phase: 'stopped', link: 'http://127.0.0.1:1862/panic' });
      const { body } = await get('/uma-home/servers/n-home');
      assert.deepEqual([body.phase, body.link], ['stopped', 'http://127.0.0.1:1862/panic']);
      assert.match(String(body.sentence), /Everything is stopped/);
    });

    it('say that flows may not share yet, and show the code for it', async () => {
      const flow = await aFlow(anyNode);
      const code = { userCode: 'BCDF-GHJK', verificationUri: 'http://127.0.0.1:1862/device' };
      flow.fake().become({ phase: 'ready', code });
      const { body } = await get('/uma-home/servers/n-home');
      assert.deepEqual([body.userCode, body.link], ['BCDF-GHJK', 'http://127.0.0.1:1862/device']);
      assert.match(String(body.sentence), /does not let flows share/);
      flow.fake().become({ phase: 'ready' });
      assert.equal((await get('/uma-home/servers/n-home')).body.sentence, 'Connected to its owner.');
    });

    it('are answered in the language of the editor', async () => {
      const flow = await aFlow(anyNode);
      flow.fake().become({ phase: 'stopped', link: 'http://127.0.0.1:1862/panic' });
      const german = await get('/uma-home/servers/n-home').set('accept-language', 'de-AT');
      assert.match(String(german.body.sentence), /Alles ist angehalten/);
      const shares = await get('/uma-home/servers/n-home/shares').set('accept-language', 'de');
      assert.equal((shares.body.items as { name: string }[])[0]?.name, 'Thermostat darf Dishwasher starten');
      const other = await get('/uma-home/servers/n-home').set('accept-language', 'fr');
      assert.match(String(other.body.sentence), /Everything is stopped/);
    });

    it('list devices, resources and shares with names', async () => {
      await aFlow(anyNode);
      const names = async (list: string) =>
        ((await get(`/uma-home/servers/n-home/${list}`)).body.items as { id: string; name: string }[]).map(
          ({ id, name }) => [id, name],
        );
      assert.deepEqual(await names('devices'), [['client-thermostat', 'Thermostat']]);
      assert.deepEqual(await names('resources'), [['dishwasher', 'Dishwasher']]);
      assert.deepEqual(await names('shares'), [['share-1', 'Thermostat may start Dishwasher']]);
      assert.equal((await get('/uma-home/servers/n-home/constructor')).status, 404);
    });

    it('say why there is nothing to list', async () => {
      const flow = await aFlow(anyNode);
      flow.fake().answers.owner = async () => {
        throw new OwnerNotConnected();
      };
      const { body } = await get('/uma-home/servers/n-home/shares');
      assert.deepEqual([body.items, typeof body.hint], [[], 'string']);
    });

    it('answer nobody from elsewhere', async () => {
      await aFlow(anyNode);
      const path = '/uma-home/servers/n-home/devices';
      assert.equal((await helper.request().get(path)).status, 415);
      assert.equal((await get(path).set('sec-fetch-site', 'same-site')).status, 403);
      assert.equal((await get(path).set('sec-fetch-site', 'same-origin')).status, 200);
      assert.equal((await get(path).set('origin', 'http://evil.example')).status, 403);
      assert.equal((await get('/uma-home/servers/unknown')).status, 404);
    });

    it('Test connection walks through values that are not deployed', async () => {
      await aFlow(anyNode);
      const steps = async (values: object) => {
        const { body } = await helper.request().post('/uma-home/test').set('x-uma-home', '1').send(values);
        return body.steps as { ok: boolean; hint?: string }[];
      };
      const test = async (values: object) => (await steps(values)).map(({ ok }) => ok);
      assert.deepEqual(await test({ kind: 'built-in', port: '0', id: 'n-home' }), [true, true, true]);
      assert.deepEqual(await test({ kind: 'built-in', port: 'x' }), [false]);
      const used = new URL(helper.url()).port;
      assert.deepEqual(await test({ kind: 'built-in', port: used, addresses: [helper.url()] }), [false, true]);
      const [inUse] = await steps({ kind: 'built-in', port: used });
      assert.match(inUse?.hint ?? '', /Another program uses port \d+/);
      assert.deepEqual(await test({ kind: 'built-in-at', url: helper.url(), addresses: [helper.url()] }), [
        true,
        false,
        true,
      ]);
    });
  });

  describe('with a login of the editor', () => {
    withNodeRed({ adminAuth: { type: 'credentials', users: [] } });

    it('show the set-up link, while nobody owns the home', async () => {
      const flow = await aFlow(anyNode);
      flow.fake().become({ phase: 'no-owner', setUpLink: 'http://127.0.0.1:1862/setup?code=secret' });
      const { body } = await get('/uma-home/servers/n-home/set-up');
      assert.equal(body.link, 'http://127.0.0.1:1862/setup?code=secret');
      flow.fake().become({ phase: 'ready' });
      assert.equal((await get('/uma-home/servers/n-home/set-up')).status, 404);
    });
  });
});

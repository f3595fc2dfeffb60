import assert from 'node:assert/strict';
import type { Gateway, HttpAnswer, NotAllowed } from '../../lib/gateway/gateway.ts';
import { marked } from '../../lib/node-red/answer-mark.ts';
import { aFlow, type Message, type Running, withNodeRed } from './a-flow.ts';

const settings = {
  type: 'uma-request',
  deviceType: 'config',
  device: 'n-thermostat',
  resourceType: 'config',
  resource: 'n-dishwasher',
  scopesType: 'scopes',
  scopes: 'start',
};

function answered(body: string, extra: Partial<HttpAnswer> = {}): Gateway['call'] {
  return async () => ({
    outcome: 'answered',
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    responseUrl: 'http://127.0.0.1:1880/dishwasher/start',
    device: 'client-thermostat',
    ...extra,
  });
}

function refused(outcome: NotAllowed['outcome'], extra: Partial<NotAllowed> = {}): Gateway['call'] {
  return async () => ({ outcome, reason: 'waits', hint: { key: 'hint.none' }, ...extra });
}

async function requesting(config: object, answers: Partial<Gateway>): Promise<Running> {
  const flow = await aFlow({ ...settings, ...config });
  Object.assign(flow.fake().answers, answers);
  return flow;
}

function codeOf(msg: Message): string {
  return (msg.error as unknown as { code: string }).code;
}

type Call = [{ url: string; method: string }, { headers: Record<string, string>; body?: string }];

describe('uma-request, calling the URL itself', () => {
  withNodeRed();

  it('gives the answer as core’s http request does', async () => {
    const flow = await requesting({}, { call: answered('{"started":true}') });
    flow.give({ method: 'post', url: '/dishwasher/start', payload: { program: 'eco' }, topic: 'kept' });
    const msg = await flow.next(1);
    assert.deepEqual(
      [msg.statusCode, msg.headers, msg.payload, msg.responseUrl, msg.topic],
      [
        200,
        marked({ 'content-type': 'application/json' }),
        '{"started":true}',
        'http://127.0.0.1:1880/dishwasher/start',
        'kept',
      ],
    );
    const [wish, options] = flow.fake().first('call') as Call;
    assert.deepEqual(wish, {
      device: 'thermostat',
      resource: 'dishwasher',
      scopes: ['start'],
      method: 'POST',
      url: '/dishwasher/start',
    });
    assert.deepEqual([options.headers, options.body], [{ 'content-type': 'application/json' }, '{"program":"eco"}']);
    assert.equal(flow.statuses.at(-1)?.text, 'status.allowed');
  });

  it('parses JSON, gives a buffer, and keeps the text of what is no JSON', async () => {
    const json = await requesting({ ret: 'obj' }, { call: answered('{"a":1}') });
    json.give({ url: '/x' });
    assert.deepEqual((await json.next(1)).payload, { a: 1 });
    json.fake().answers.call = answered('nope');
    json.give({ url: '/x' });
    assert.equal((await json.next(1)).payload, 'nope');
  });

  it('gives the body as a buffer', async () => {
    const flow = await requesting({ ret: 'bin' }, { call: answered('abc') });
    flow.give({ url: '/x' });
    assert.deepEqual((await flow.next(1)).payload, Buffer.from('abc'));
  });

  it('takes device, resource and scopes from its settings, whatever the message says', async () => {
    const flow = await requesting({}, { call: answered('') });
    flow.give({ url: '/x', device: 'burglar', resource: 'safe', scopes: ['open'], scope: 'open' });
    await flow.next(1);
    const [wish] = flow.fake().first('call') as [object];
    assert.deepEqual(wish, {
      device: 'thermostat',
      resource: 'dishwasher',
      scopes: ['start'],
      method: 'GET',
      url: '/x',
    });
  });

  it('sends no Authorization, DPoP or length of the flow, and nothing left from an earlier answer', async () => {
    const flow = await requesting({}, { call: answered('') });
    flow.give({ url: '/x', headers: { Authorization: 'Basic x', DPoP: 'y', 'content-length': '3', Accept: 'a/b' } });
    flow.give({ url: '/x', headers: { 'x-node-red-request-node': 'hash', 'content-length': '9', etag: '1' } });
    await flow.next(1);
    await flow.next(1);
    const sent = flow
      .fake()
      .calls('call')
      .map(([, options]) => (options as { headers: object }).headers);
    assert.deepEqual(sent, [{ accept: 'a/b' }, {}]);
  });

  for (const outcome of ['pending', 'needs-info', 'denied', 'unreachable'] as const) {
    it(`${outcome}: leaves on output 2 and the message is kept`, async () => {
      const flow = await requesting({}, { call: refused(outcome, { retryAt: 7, redirectUser: 'http://as/claim' }) });
      flow.give({ url: '/x', payload: 'kept' });
      const msg = await flow.next(2);
      assert.deepEqual(
        [msg.uma?.outcome, msg.uma?.reason, msg.uma?.retryAt, msg.uma?.redirectUser, msg.payload],
        [outcome, 'waits', 7, 'http://as/claim', 'kept'],
      );
      assert.equal(typeof msg.uma?.hint, 'string');
      assert.equal(flow.statuses.at(-1)?.text, `status.${outcome}`);
      assert.equal(flow.seen(1).length, 0);
    });
  }

  for (const [scopes, sentence] of [
    ['start', 'Thermostat may not start Dishwasher.'],
    ['start, stop', 'Thermostat may not start and stop Dishwasher.'],
  ])
    it(`says what may not be done: ${sentence}`, async () => {
      const flow = await requesting({ scopes }, { call: refused('denied') });
      flow.give({ url: '/x' });
      assert.equal((await flow.next(2)).uma?.sentence, sentence);
    });

  it('calls device and resource by their names, also in what to do next', async () => {
    const hint = { key: 'hint.resource_not_registered', values: { resource: 'dishwasher' } };
    const flow = await requesting({}, { call: refused('unreachable', { hint }) });
    flow.give({ url: '/x' });
    assert.match(String((await flow.next(2)).uma?.hint), /^The server does not know Dishwasher yet\./);
  });

  it('answers needs-info while nobody owns the server, without asking it', async () => {
    const flow = await requesting({}, { call: answered('') });
    flow.fake().become({ phase: 'no-owner' });
    flow.give({ url: '/x' });
    const msg = await flow.next(2);
    assert.deepEqual([msg.uma?.outcome, msg.uma?.reason], ['needs-info', 'not_set_up']);
    assert.deepEqual(flow.fake().calls('call'), []);
    assert.equal(flow.statuses.at(-1)?.text, 'status.no-owner');
  });

  it('asks a resource of others only at the origin that its settings name', async () => {
    const flow = await requesting(
      { resourceType: 'ask', resource: '', origin: 'http://lamp.local:8080' },
      {
        call: answered(''),
      },
    );
    flow.give({ url: '/on' });
    await flow.next(1);
    const [wish] = flow.fake().first('call') as [{ url: string; resource?: string }];
    assert.deepEqual([wish.url, 'resource' in wish], ['http://lamp.local:8080/on', false]);
    flow.give({ url: 'http://evil.example/on' });
    assert.equal(codeOf(await flow.next(3)), 'wrong_origin');
  });

  it('asks this Node-RED alone where its settings name that by a slash', async () => {
    const flow = await requesting({ resourceType: 'ask', resource: '', origin: '/' }, { call: answered('') });
    flow.give({ url: '/on' });
    await flow.next(1);
    const [wish] = flow.fake().first('call') as [{ url: string; resource?: string }];
    assert.deepEqual([wish.url, 'resource' in wish], ['/on', false]);
    for (const url of ['http://evil.example/on', '//evil.example/on']) {
      flow.give({ url });
      assert.equal(codeOf(await flow.next(3)), 'wrong_origin');
    }
  });

  for (const [name, config, msg, code] of [
    ['no URL', {}, {}, 'no_url'],
    ['no address to ask at', { resourceType: 'ask', origin: '' }, { url: 'http://x/' }, 'no_origin'],
    ['another scheme', {}, { url: 'ftp://x/' }, 'bad_url'],
    ['a password in the URL', {}, { url: 'http://a:b@x/' }, 'url_with_password'],
    ['a method that is none', {}, { url: '/x', method: 'GET /' }, 'bad_method'],
    ['no device', { device: '' }, { url: '/x' }, 'no_device'],
    ['no scopes', { scopes: '' }, { url: '/x' }, 'no_scopes'],
    ['a broken expression', { scopesType: 'jsonata', scopes: '(' }, { url: '/x' }, 'bad_expression'],
  ] as const) {
    it(`is a mistake in the flow: ${name}`, async () => {
      const flow = await requesting(config, { call: answered('') });
      flow.give({ ...msg });
      const caught = await flow.next(3);
      assert.equal(codeOf(caught), code);
      assert.equal(typeof caught.uma?.hint, 'string');
      assert.deepEqual([flow.seen(1).length, flow.seen(2).length], [0, 0]);
    });
  }

  it('names its device by message, flow or environment where its settings say so', async () => {
    process.env.UMA_TEST_DEVICE = 'thermostat';
    const flow = await requesting(
      { deviceType: 'env', deviceValue: 'UMA_TEST_DEVICE', server: 'n-home' },
      {
        call: answered(''),
      },
    );
    flow.give({ url: '/x', device: 'other' });
    await flow.next(1);
    delete process.env.UMA_TEST_DEVICE;
    const [wish] = flow.fake().first('call') as [{ device: string }];
    assert.equal(wish.device, 'thermostat');
  });

  it('does not mix things of two servers', async () => {
    const nodes = [
      {
        id: 'n-other',
        type: 'uma-authorization-server',
        kind: 'built-in-at',
        url: 'http://127.0.0.1:9',
        connection: 'b',
      },
      { id: 'n-lamp', type: 'uma-resource', name: 'Lamp', key: 'lamp', server: 'n-other', scopes: 'on' },
    ];
    const flow = await aFlow({ ...settings, resource: 'n-lamp' }, { nodes });
    flow.give({ url: '/x' });
    assert.equal(codeOf(await flow.next(3)), 'different_servers');
  });

  it('gives a call the time that msg.requestTimeout names, as core does', async () => {
    const flow = await requesting(
      {},
      {
        call: (_wish, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () =>
              resolve({ outcome: 'unreachable', reason: (signal.reason as Error).name, hint: { key: 'hint.none' } }),
            );
          }),
      },
    );
    flow.give({ url: '/x', requestTimeout: 5 });
    assert.equal((await flow.next(2)).uma?.reason, 'TimeoutError');
  });

  it('ends a call when the node closes', async () => {
    let aborted = false;
    const flow = await requesting(
      {},
      {
        call: (_wish, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('aborted'));
            });
          }),
      },
    );
    flow.give({ url: '/x' });
    await new Promise((resolve) => setImmediate(resolve));
    await flow.node.close(false);
    assert.ok(aborted);
  });
});

describe('uma-request, by HTTP headers', () => {
  withNodeRed();

  const proved: Gateway['headers'] = async (wish) => ({
    outcome: 'allowed',
    url: `http://127.0.0.1:1880${wish.url}`,
    authorization: 'DPoP token',
    dpop: 'proof',
    device: 'client-thermostat',
  });
  /** What core's http request makes of a message that is refused. */
  const refusedByCore = (msg: Message, headers: Record<string, string>): Message =>
    Object.assign(msg, { statusCode: 401, payload: 'refused', headers, responseUrl: 'x', redirectList: [] });
  const uma = { 'www-authenticate': 'UMA realm="r", as_uri="http://as", ticket="t1"' };
  const nonce = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n1' };

  it('sets method, URL and headers for core’s http request', async () => {
    const flow = await requesting({ sendAs: 'headers', methodType: 'str', method: 'POST' }, { headers: proved });
    flow.give({ url: '/start', payload: 'body', headers: { accept: 'a/b' } });
    const msg = await flow.next(1);
    assert.deepEqual(
      [msg.method, msg.url, msg.headers, msg.payload],
      ['POST', 'http://127.0.0.1:1880/start', { accept: 'a/b', authorization: 'DPoP token', dpop: 'proof' }, 'body'],
    );
    assert.equal(typeof msg.uma?.attempt, 'string');
  });

  it('restores the request of a 401 that is wired back, and answers its UMA challenge once', async () => {
    const flow = await requesting({ sendAs: 'headers' }, { headers: proved });
    flow.give({ url: '/start', method: 'POST', payload: { program: 'eco' } });
    flow.give(refusedByCore(await flow.next(1), uma));
    const again = await flow.next(1);
    assert.deepEqual([again.payload, again.method, 'statusCode' in again], [{ program: 'eco' }, 'POST', false]);
    assert.deepEqual(flow.fake().calls('headers')[1]?.[1], { wwwAuthenticate: uma['www-authenticate'] });
    flow.give(refusedByCore(again, uma));
    const refusedAgain = await flow.next(2);
    assert.deepEqual([refusedAgain.uma?.outcome, refusedAgain.uma?.reason], ['denied', 'still_refused']);
    assert.equal(flow.fake().calls('headers').length, 2);
  });

  it('answers one nonce challenge beside the UMA challenge, and no third', async () => {
    const flow = await requesting({ sendAs: 'headers' }, { headers: proved });
    flow.give({ url: '/start' });
    for (const challenge of [nonce, uma]) flow.give(refusedByCore(await flow.next(1), challenge));
    flow.give(refusedByCore(await flow.next(1), nonce));
    assert.equal((await flow.next(2)).uma?.reason, 'still_refused');
    assert.deepEqual(flow.fake().calls('headers')[1]?.[1], {
      wwwAuthenticate: nonce['www-authenticate'],
      nonce: 'n1',
    });
  });

  it('is a mistake in the flow to wire back what is no 401', async () => {
    const flow = await requesting({ sendAs: 'headers' }, { headers: proved });
    flow.give({ url: '/start' });
    flow.give(Object.assign(await flow.next(1), { statusCode: 200 }));
    assert.equal(codeOf(await flow.next(3)), 'not_a_challenge');
  });

  it('takes an attempt once: the same 401 wired back twice is not answered twice', async () => {
    const flow = await requesting({ sendAs: 'headers' }, { headers: proved });
    flow.give({ url: '/start' });
    const first = refusedByCore(await flow.next(1), uma);
    const twin = { ...first, uma: { ...first.uma } };
    flow.give(first);
    await flow.next(1);
    flow.give(twin);
    assert.equal(codeOf(await flow.next(3)), 'attempt_forgotten');
  });

  it('sends the message out bare where the resource has to be asked for its challenge first', async () => {
    const flow = await requesting(
      { sendAs: 'headers', resourceType: 'ask', origin: 'http://lamp.local', scopes: '' },
      {
        headers: async () => ({ outcome: 'allowed', url: 'http://lamp.local/on', device: 'client-thermostat' }),
      },
    );
    flow.give({ url: '/on', headers: { accept: 'a/b' } });
    const msg = await flow.next(1);
    assert.deepEqual([msg.headers, msg.uma?.outcome], [{ accept: 'a/b' }, 'asking']);
  });

  it('keeps no answer’s headers for the next request', async () => {
    const flow = await requesting({ sendAs: 'headers' }, { headers: proved });
    flow.give({ url: '/start', headers: { 'x-node-red-request-node': 'h', 'content-length': '7', etag: 'x' } });
    assert.deepEqual((await flow.next(1)).headers, { authorization: 'DPoP token', dpop: 'proof' });
  });
});

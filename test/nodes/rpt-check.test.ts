import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Presented } from '../../lib/decision/decision.ts';
import type { Gateway } from '../../lib/gateway/gateway.ts';
import type { RptFacts } from '../../lib/uma/rpt.ts';
import { aFlow, type Running, withNodeRed } from './a-flow.ts';
import { createFakeGateways } from './fake-gateway.ts';

const settings = {
  type: 'rpt-check',
  resourceType: 'config',
  resource: 'n-dishwasher',
  scopesType: 'scopes',
  scopes: 'start',
};

const facts: RptFacts = {
  device: 'client-thermostat',
  owner: 'alice',
  issuedAt: 1_000,
  expiresAt: 2_000_000_000,
  permissions: [{ resource: 'resource-dishwasher', scopes: ['start'], share: 'share-1' }],
};

/** A message as core's http in makes it. */
function httpMessage(rawHeaders: string[] = ['Authorization', 'DPoP token-1', 'DPoP', 'proof-1']) {
  const headers: Record<string, string> = { host: 'x' };
  for (let i = 0; i < rawHeaders.length; i += 2) headers[(rawHeaders[i] ?? '').toLowerCase()] = rawHeaders[i + 1] ?? '';
  return {
    payload: { program: 'eco' },
    req: {
      method: 'POST',
      originalUrl: '/dishwasher/start?x=1',
      url: '/start',
      rawHeaders: ['Host', 'x', ...rawHeaders],
      headers,
      socket: { remoteAddress: '192.0.2.7' },
    },
  };
}

const allow: Gateway['check'] = async (_presented, _wish, pass) => {
  pass(facts);
  return { allowed: true, facts, tookMs: 1 };
};
const deny: Gateway['check'] = async () => ({
  allowed: false,
  reason: 'wrong_key',
  hint: { key: 'sentence.share', values: { device: 'Burglar', scopes: 'not', resource: 'pass' } },
  evidence: { device: 'client-thermostat', tokenHash: 'h'.repeat(43) },
  tookMs: 1,
});
const refuse: Gateway['refuse'] = async (decision) => ({
  statusCode: 401,
  headers: { 'WWW-Authenticate': 'DPoP error="invalid_token"' },
  payload: { error: decision.reason, error_description: 'no', hint: 'no' },
});

async function checking(config: object, check: Gateway['check'], options = {}): Promise<Running> {
  const flow = await aFlow({ ...settings, ...config }, options);
  Object.assign(flow.fake().answers, { check, refuse });
  return flow;
}

function presentedTo(flow: Running): Presented {
  return flow.fake().first('check')[0] as Presented;
}

describe('rpt-check', () => {
  withNodeRed();

  it('does not go on showing "allowed" once the owner has taken back what let the message pass', async () => {
    const flow = await checking({}, allow);
    flow.give(httpMessage());
    await flow.next(1);
    const told = once(flow.node as NodeJS.EventEmitter, 'call:status');
    flow.fake().tell('ended', { share: 'share-2' });
    flow.fake().tell('ended', { share: 'share-1' });
    await told;
    assert.deepEqual(
      flow.statuses.slice(-2).map(({ text, fill }) => [text, fill]),
      [
        ['status.allowed', 'green'],
        ['status.was-allowed', 'grey'],
      ],
    );
  });

  it('lets a message pass untouched but for what carried the token, and says who passed', async () => {
    const flow = await checking({}, allow);
    flow.give({ ...httpMessage(), _msgid: 'm1' });
    const msg = await flow.next(1);
    const { headers, rawHeaders } = msg.req as { headers: object; rawHeaders: string[] };
    assert.deepEqual([headers, rawHeaders], [{ host: 'x' }, ['Host', 'x']]);
    assert.deepEqual(msg.payload, { program: 'eco' });
    const { decidedInMs, sentence, ...uma } = msg.uma ?? {};
    assert.deepEqual(uma, {
      outcome: 'allowed',
      device: 'client-thermostat',
      owner: 'alice',
      requestingParty: undefined,
      resource: 'dishwasher',
      scopes: ['start'],
      share: 'share-1',
      expiresAt: 2_000_000_000,
    });
    assert.ok(typeof decidedInMs === 'number' && typeof sentence === 'string');
  });

  it('sends inside the decision’s last synchronous step', async () => {
    const order: string[] = [];
    const flow = await checking({}, async (_presented, _wish, pass) => {
      pass(facts);
      order.push('step ended');
      return { allowed: true, facts, tookMs: 1 };
    });
    const done = new Promise<void>((resolve) => {
      flow.node.send = () => {
        order.push('sent');
        resolve();
      };
    });
    flow.give(httpMessage());
    await done;
    assert.deepEqual(order[0], 'sent');
  });

  it('reads method, target and source from the request itself, never from the message', async () => {
    const flow = await checking({}, deny);
    flow.give({ ...httpMessage(), method: 'GET', url: '/harmless', token: 'other', proof: 'other' });
    await flow.next(2);
    assert.deepEqual(presentedTo(flow), {
      authorization: ['DPoP token-1'],
      dpop: ['proof-1'],
      method: 'POST',
      target: '/dishwasher/start?x=1',
      source: '192.0.2.7',
    });
  });

  it('RFC 9449 4.3: counts two Authorization and two DPoP headers in rawHeaders', async () => {
    const flow = await checking({}, deny);
    flow.give(httpMessage(['authorization', 'DPoP a', 'AUTHORIZATION', 'DPoP b', 'DPoP', 'p', 'dpop', 'q']));
    await flow.next(2);
    assert.deepEqual(
      [presentedTo(flow).authorization, presentedTo(flow).dpop],
      [
        ['DPoP a', 'DPoP b'],
        ['p', 'q'],
      ],
    );
  });

  it('refuses on output 2, ready for http response', async () => {
    const flow = await checking({}, deny);
    flow.give({ ...httpMessage(), headers: { 'x-left': '1' } });
    const msg = await flow.next(2);
    assert.deepEqual(
      [msg.statusCode, msg.headers, (msg.payload as { error: string }).error],
      [401, { 'WWW-Authenticate': 'DPoP error="invalid_token"' }, 'wrong_key'],
    );
    assert.deepEqual([msg.uma?.reason, msg.uma?.token], ['wrong_key', `sha256:${'h'.repeat(43)}`]);
    assert.equal(flow.statuses.at(-1)?.text, 'status.denied-wrong_key');
    assert.deepEqual([flow.seen(1).length, flow.seen(3).length], [0, 0]);
  });

  it('leaves what carried the token where its settings say so', async () => {
    const flow = await checking({ leaveToken: true }, allow);
    flow.give(httpMessage());
    const { req } = (await flow.next(1)) as unknown as { req: { headers: object } };
    assert.deepEqual(req.headers, { host: 'x', authorization: 'DPoP token-1', dpop: 'proof-1' });
  });

  it('answers not_set_up while the gateway is not open', async () => {
    const gateways = createFakeGateways();
    let open = (): void => {};
    gateways.gate = new Promise((resolve) => {
      open = resolve;
    });
    const flow = await checking({}, allow, { gateways });
    flow.give(httpMessage());
    const msg = await flow.next(2);
    assert.deepEqual([msg.statusCode, (msg.payload as { error: string }).error], [403, 'not_set_up']);
    assert.match((msg.headers as { Warning: string }).Warning, /^199 /);
    open();
  });

  it('answers within 3 s although the decision hangs, and does not let the message pass later', async function () {
    this.timeout(6_000);
    let late: ((facts: RptFacts) => void) | undefined;
    const flow = await checking({}, (_presented, _wish, pass) => {
      late = pass;
      return new Promise(() => {});
    });
    const before = performance.now();
    flow.give(httpMessage());
    const msg = await flow.next(2);
    assert.ok(performance.now() - before < 3_000);
    assert.equal((msg.payload as { error: string }).error, 'server_unreachable');
    late?.(facts);
    assert.equal(flow.seen(1).length, 0);
  });

  it('lets a message pass at most once, whatever the decision does', async () => {
    const flow = await checking({}, async (_presented, _wish, pass) => {
      pass(facts);
      pass(facts);
      return { allowed: true, facts, tookMs: 1 };
    });
    flow.give(httpMessage());
    await flow.next(1);
    assert.equal(flow.seen(1).length, 1);
  });

  it('does not let a message pass that the decision allowed without its last step', async () => {
    const flow = await checking({}, async () => ({ allowed: true, facts, tookMs: 1 }));
    flow.give(httpMessage());
    assert.equal((await flow.next(2)).statusCode, 403);
  });

  it('refuses 400 what did not come from http in, where it asks for HTTP', async () => {
    const flow = await checking({ carrier: 'http' }, allow);
    flow.give({ payload: 1, token: 't', proof: 'p' });
    assert.deepEqual((await flow.next(2)).statusCode, 400);
    assert.deepEqual(flow.fake().calls('check'), []);
  });

  it('reads msg.token and msg.proof with the method and URL that its settings name', async () => {
    const flow = await checking(
      { carrier: 'properties', methodType: 'str', method: 'PUT', urlType: 'msg', url: 'asked.url' },
      allow,
    );
    flow.give({ token: 't', proof: 'p', asked: { url: 'http://127.0.0.1:1880/lamp?on=1' }, payload: 1 });
    const msg = await flow.next(1);
    assert.deepEqual(presentedTo(flow), {
      authorization: ['DPoP t'],
      dpop: ['p'],
      method: 'PUT',
      target: '/lamp?on=1',
      source: 'flow',
    });
    assert.deepEqual(['token' in msg, 'proof' in msg], [false, false]);
  });

  it('asks for a fresher answer where the resource is critical', async () => {
    const nodes = [
      {
        id: 'n-oven',
        type: 'uma-resource',
        name: 'Oven',
        key: 'oven',
        server: 'n-home',
        scopes: 'start',
        critical: true,
      },
    ];
    const flow = await checking({ resource: 'n-oven' }, deny, { nodes });
    flow.give(httpMessage());
    await flow.next(2);
    assert.equal((flow.fake().first('check')[1] as { maxAnswerAgeMs: number }).maxAnswerAgeMs, 30_000);
  });

  it('refuses everything while it asks for no scope at all', async () => {
    const flow = await checking({ scopes: '' }, allow);
    flow.give(httpMessage());
    assert.equal((await flow.next(2)).statusCode, 403);
  });

  it('answers a caller that waits when a deploy closes the node', async () => {
    const flow = await checking({}, () => new Promise(() => {}));
    const answers: unknown[] = [];
    const response = {
      headersSent: false,
      destroyed: false,
      once: () => {},
      status: (code: number) => {
        answers.push(code);
        return response;
      },
      set: () => response,
      json: () => answers.push('json'),
    };
    const asked = new Promise((resolve) => flow.node.once('call:status', resolve));
    flow.give({ ...httpMessage(), res: { _res: response } });
    void asked;
    await new Promise((resolve) => setImmediate(resolve));
    await flow.node.close(false);
    assert.deepEqual(answers, [503, 'json']);
  });
});

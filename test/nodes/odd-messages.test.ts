/**
 * Messages that no flow should send and some will: what a function node, a template or a stranger's JSON can put into
 * one. Against a fake gateway; test/flows sends some of them through the real one.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Node } from 'node-red';
import type { Gateway } from '../../lib/gateway/gateway.ts';
import { fuzz, fuzzTimeoutMs, madeUp, oddValue, watchPrototypes } from '../support/fuzz.ts';
import { aFlow, type Running, withNodeRed } from './a-flow.ts';

const runs = 120;

/** What a message of a flow has, and what our nodes read of one. */
const names = [
  'payload', 'headers', 'uma', 'req', 'res', 'token', 'proof', 'method', 'url', 'topic', 'device', 'resource', 'scopes',
  'until', 'target', 'share', 'statusCode', 'requestTimeout', '_msgid', '__proto__', 'constructor', 'then', 'toString',
]; // biome-ignore format: a list to read through

/** Nearly what it should be, in places. */
const nearly: Record<string, fc.Arbitrary<unknown>> = {
  headers: fc.dictionary(
    fc.constantFrom('authorization', 'DPoP', 'www-authenticate', 'dpop-nonce', 'a\nb', '', 'x-node-red-request-node'),
    oddValue(),
  ),
  uma: fc.record({ share: oddValue(), attempt: fc.oneof(oddValue(), fc.constant('under-test.x')), hint: oddValue() }),
  payload: fc.record({ id: oddValue(), who: oddValue() }),
  req: fc.record(
    {
      method: fc.oneof(fc.constant('POST'), oddValue()),
      originalUrl: fc.oneof(fc.constant('/dishwasher/start'), oddValue()),
      rawHeaders: fc.oneof(fc.array(fc.oneof(fc.constantFrom('Authorization', 'DPoP'), oddValue())), oddValue()),
      headers: oddValue(),
      socket: oddValue(),
    },
    { requiredKeys: ['method', 'originalUrl'] },
  ),
  res: fc.record({ _res: fc.oneof(oddValue(), fc.record({ headersSent: fc.boolean(), once: oddValue() })) }),
  url: fc.constantFrom('/dishwasher/start', 'http://127.0.0.1:1/x', 'http://user:pass@127.0.0.1/'),
  statusCode: fc.constantFrom(200, 401, '401'),
  requestTimeout: fc.constantFrom(1, -1, 2 ** 31, 1e300, Number.NaN),
};

function member(name: string): fc.Arbitrary<[string, unknown] | undefined> {
  const like = Object.hasOwn(nearly, name) ? nearly[name] : undefined;
  const value = like ? fc.oneof(like, oddValue()) : oddValue();
  return fc.option(
    value.map((found) => [name, found] as [string, unknown]),
    { nil: undefined, freq: 2 },
  );
}

interface Told {
  members: [string, unknown][];
  wrap: 'plain' | 'frozen' | 'getter' | 'trap';
}

/** The members, made; then, perhaps, a message that refuses to be read or written. */
function made({ members, wrap }: Told): object {
  const msg = madeUp(Object.fromEntries(members)) as object;
  for (const [name, value] of members)
    if (name === '__proto__') Object.defineProperty(msg, name, { value: madeUp(value), enumerable: true });
  const touched = (): never => {
    throw new RangeError('touched');
  };
  if (wrap === 'frozen') return Object.freeze(Object.assign(msg, { _msgid: 'frozen' }));
  if (wrap === 'getter') return Object.defineProperty(msg, 'extra', { enumerable: true, get: touched });
  if (wrap === 'plain') return msg;
  return new Proxy(msg, { set: touched, deleteProperty: touched });
}

const message = fc.record<Told>({
  members: fc.tuple(...names.map(member)).map((members) => members.filter((one) => one !== undefined)),
  wrap: fc.oneof({ weight: 3, arbitrary: fc.constant('plain') }, fc.constantFrom('frozen', 'getter', 'trap')),
});

/** What the gateway says: yes, no, or something that nobody expected. */
const says = fc.oneof(fc.constantFrom('yes', 'no'), oddValue());

const named = {
  deviceType: 'msg',
  deviceValue: 'device',
  resourceType: 'msg',
  resourceValue: 'resource',
  scopesType: 'msg',
  scopes: 'scopes',
  server: 'n-home',
};
const fixed = { deviceType: 'config', device: 'n-thermostat', resourceType: 'config', resource: 'n-dishwasher' };
const flows: Record<string, object> = {
  'rpt-check, fixed': { type: 'rpt-check', ...fixed, scopes: 'start' },
  'rpt-check, by message': { type: 'rpt-check', ...named, carrier: 'properties' },
  'uma-request, calling': { type: 'uma-request', ...fixed, scopes: 'start' },
  'uma-request, by message': { type: 'uma-request', ...named, ret: 'obj' },
  'uma-request, headers': { type: 'uma-request', ...fixed, scopes: 'start', sendAs: 'headers' },
  'share, granting': { type: 'share', action: 'grant', ...named, untilType: 'msg', until: 'until' },
  'share, listing': { type: 'share', action: 'list', server: 'n-home' },
  'share, approving': { type: 'share', action: 'approve', server: 'n-home', untilType: 'none' },
  'share, denying': { type: 'share', action: 'deny', server: 'n-home' },
  'revoke, a share': { type: 'revoke', server: 'n-home' },
  'revoke, a device': { type: 'revoke', target: 'device', ...named },
  'revoke, a token': { type: 'revoke', target: 'token', tokenType: 'msg', tokenValue: 'token', server: 'n-home' },
  'device-identity': { type: 'device-identity', action: 'suspend', ...named },
};

const facts = {
  device: 'client-thermostat',
  issuedAt: 1_000,
  expiresAt: 2_000_000_000,
  permissions: [{ resource: 'resource-dishwasher', scopes: ['start'], share: 'share-1' }],
};
const receipt = {
  id: 'receipt-1',
  target: { share: 'share-1' },
  asOf: 1,
  at: 1,
  revoked: [],
  effective: { localMs: 1, gateways: [] },
  unconfirmed: ['server'],
};

function answers(answer: unknown): Record<string, unknown> {
  const yes = answer === 'yes';
  const or = (good: unknown) => async () => {
    if (yes || answer === 'no') return good;
    throw answer;
  };
  const call = { outcome: 'answered', statusCode: 200, headers: {}, body: Buffer.from('{'), responseUrl: 'x' };
  const no = { outcome: 'denied', reason: 'waits', hint: { key: 'hint.none' } };
  const refusal = { allowed: false, reason: 'wrong_key', hint: { key: 'hint.none' }, evidence: {}, tookMs: 1 };
  const check: Gateway['check'] = async (_presented, _wish, pass) => {
    try {
      if (yes) pass(facts);
    } catch {
      // As the gateway's own: what was allowed and could not be sent is a fault, and no second decision.
      return { ...refusal, reason: 'internal_error' } as never;
    }
    return (await or(yes ? { allowed: true, facts, tookMs: 1 } : refusal)()) as never;
  };
  return {
    check,
    refuse: or({ statusCode: 401, headers: { a: 'b' }, payload: { error: 'x' } }),
    call: or(yes ? call : no),
    headers: or(yes ? { outcome: 'allowed', url: '/x', authorization: 'DPoP x', dpop: 'y' } : no),
    revoke: async () => ({ receipt: await or(receipt)(), later: or(receipt)() }),
    suspend: or({ device: 'client-thermostat', state: 'quarantined', assurance: 'gateway' }),
  };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

type Core = Node & { _complete(msg: object, error?: unknown): void };

/** How one message ended: every `done` and every message that left, as core was told. */
async function ended(flow: Running, msg: object): Promise<{ done: unknown[]; sent: number[] }> {
  const node = flow.node as Core;
  const [done, sent]: [unknown[], number[]] = [[], []];
  const { send, _complete: complete } = node;
  node.send = ((messages: (object | null)[]) => {
    send.call(node, messages as never);
    sent.push(messages.findIndex(Boolean) + 1);
  }) as Node['send'];
  node._complete = (about, error) => {
    done.push(error);
    complete.call(node, about, error);
  };
  try {
    node.emit('input', msg);
    // The fake gateway answers at once, so no message is waiting for anything but its turn.
    for (let turn = 0; turn < 100 && done.length === 0; turn += 1) await nextTurn();
    // A second end would come now.
    await nextTurn();
    await nextTurn();
  } finally {
    node.send = send;
    node._complete = complete;
  }
  return { done, sent };
}

describe('odd messages', () => {
  withNodeRed();

  for (const [name, config] of Object.entries(flows))
    it(`end exactly one way, throw nothing and change no prototype: ${name}`, async function () {
      this.timeout(fuzzTimeoutMs(runs, 30_000));
      const unchanged = watchPrototypes();
      const flow = await aFlow(config as Record<string, unknown>);
      const pass = flow.node.type === 'rpt-check';
      const revokes = flow.node.type === 'revoke';
      await fc.assert(
        fc.asyncProperty(message, says, async (told, said) => {
          const answer = madeUp(said);
          const asked = flow.fake().calls('revoke').length;
          Object.assign(flow.fake().answers, answers(answer));
          const { done, sent } = await ended(flow, made(told));
          unchanged();
          assert.equal(done.length, 1, 'done is called once');
          const plain = told.wrap === 'plain' || told.wrap === 'getter';
          if (pass && plain) assert.equal(done[0], undefined, 'whoever is checked gets an answer');
          if (revokes && plain && flow.fake().calls('revoke').length > asked && answer === 'yes')
            assert.equal(sent[0], 1, 'what was revoked has a receipt');
          if (done[0] !== undefined) {
            assert.equal(typeof (done[0] as { code?: unknown }).code, 'string', 'Catch nodes see a code');
            // A frozen message cannot take its receipt; what is confirmed later has a message of its own.
            if (plain || !revokes) assert.deepEqual(sent, [], 'what is a mistake goes nowhere');
            return;
          }
          // What was not confirmed when the receipt left follows on output 2.
          assert.deepEqual(sent, revokes ? [1, 2] : [sent[0]], 'an answer leaves once');
          if (pass && answer !== 'yes') assert.deepEqual(sent, [2], 'nothing passes that was not allowed');
        }),
        fuzz(runs),
      );
    });
});

import assert from 'node:assert/strict';
import type { HttpAnswer } from '../../../lib/requesting/call-wish.ts';
import type { NotAllowed } from '../../../lib/requesting/outcome.ts';
import type { RptOutcome, ServerChange } from '../../../lib/servers/authorization-server.ts';
import { InvalidScopeError, InvalidTicketError, UnreachableError } from '../../../lib/uma/errors.ts';
import { CALL, counts, granted, type House, makeHouse, never } from './fake-house.ts';

const UNREACHABLE = new UnreachableError('the server', 'network');
const PENDING: RptOutcome = { kind: 'pending', ticket: 'rotated-1' };

describe('getting an RPT for a resource of this gateway', () => {
  let house: House;
  beforeEach(async () => {
    house = await makeHouse();
  });

  function call(): Promise<HttpAnswer | NotAllowed> {
    return house.requesting.call(CALL, { headers: {}, signal: never() });
  }
  async function outcome(): Promise<string> {
    const answer = await call();
    return answer.outcome === 'answered' ? String(answer.statusCode) : `${answer.outcome} ${answer.reason}`;
  }

  it('makes the ticket here, without a first refusal, and proves every message afresh', async () => {
    house.server.answers = [granted(house, 'rpt-1')];
    assert.equal(await outcome(), '200');
    assert.equal(await outcome(), '200');
    assert.deepEqual(house.server.tickets, [[{ resource: 'id-dishwasher', scopes: ['start'] }]]);
    assert.deepEqual(house.server.asked, [{ device: 'client-1', ask: { ticket: 'ticket-1' } }]);
    assert.ok(house.resource.seen.every(({ token, proof }) => token === 'rpt-1' && proof?.ok));
  });

  it('asks once, however many messages come at once', async () => {
    house.server.answers = [granted(house, 'rpt-1')];
    const all = await Promise.all(Array.from({ length: 20 }, outcome));
    assert.deepEqual(new Set(all), new Set(['200']));
    assert.deepEqual(counts(house), { rpt: 1, ticket: 1 });
  });

  it('keeps RPTs apart by scopes, whatever their order, and by origin', async () => {
    house.server.answers = [granted(house, 'rpt', { permissions: [] })];
    const wishes = [
      { scopes: ['start', 'stop'] },
      { scopes: ['stop', 'start'] },
      { scopes: ['start'] },
      { url: 'http://localhost:1880/dishwasher/start' },
    ];
    for (const wish of wishes) await house.requesting.call({ ...CALL, ...wish }, { headers: {}, signal: never() });
    assert.equal(counts(house).rpt, 3);
  });

  describe('renewal', () => {
    it('begins before the RPT expires, with jitter, in the background and once', async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      await outcome();
      house.time.nowMs += 209_000;
      await outcome();
      assert.equal(counts(house).rpt, 1, 'random 0.5: at 70 % of 300 s');
      house.time.nowMs += 1000;
      house.server.answers = [granted(house, 'rpt-2')];
      await Promise.all([outcome(), outcome(), outcome()]);
      assert.deepEqual(new Set(house.resource.seen.map(({ token }) => token)), new Set(['rpt-1']));
      await new Promise(setImmediate);
      await outcome();
      assert.equal(house.resource.seen.at(-1)?.token, 'rpt-2');
      assert.equal(counts(house).rpt, 2);
    });

    it('spreads over a fifth of the life, as chance has it', async () => {
      for (const [random, secondsUntilRenewal] of [
        [0, 180],
        [1, 240],
      ] as const) {
        house = await makeHouse({ random: () => random });
        house.server.answers = [granted(house, 'rpt-1')];
        await outcome();
        house.time.nowMs += secondsUntilRenewal * 1000 - 1;
        await outcome();
        assert.equal(counts(house).rpt, 1);
        house.time.nowMs += 1;
        await outcome();
        assert.equal(counts(house).ticket, 2);
      }
    });

    it('server down: the RPT at hand is used until it expires, then the answer is unreachable', async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      await outcome();
      house.server.ticketError = UNREACHABLE;
      for (const seconds of [250, 40, 9]) {
        house.time.nowMs += seconds * 1000;
        assert.equal(await outcome(), '200');
      }
      house.time.nowMs += 1000;
      assert.equal(await outcome(), 'unreachable server_unreachable');
    });

    it('of an RPT for one message there is none: the server gives no second', async () => {
      const permissions = [{ resource: 'id-dishwasher', scopes: ['start'], share: 'share-1', once: true as const }];
      house.server.answers = [granted(house, 'rpt-1', { permissions })];
      await outcome();
      house.time.nowMs += 299_000;
      await outcome();
      assert.deepEqual([counts(house).rpt, counts(house).ticket], [1, 1]);
    });

    it('a renewal that fails is not tried again at once', async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      await outcome();
      house.server.ticketError = UNREACHABLE;
      house.time.nowMs += 220_000;
      for (let n = 0; n < 5; n += 1) await outcome();
      assert.equal(counts(house).ticket, 2);
      house.time.nowMs += 7500;
      await outcome();
      await outcome();
      assert.equal(counts(house).ticket, 3);
    });

    it('a renewal that is answered "no" ends the RPT', async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      await outcome();
      house.server.answers = [{ kind: 'denied' }];
      house.time.nowMs += 220_000;
      await outcome();
      await new Promise(setImmediate);
      assert.equal(await outcome(), 'denied request_denied');
    });
  });

  describe('while waiting for the owner (G 3.3.6 request_submitted)', () => {
    it('asks again at the interval of the server, with the rotated ticket, and only when a message does', async () => {
      house.server.answers = [{ kind: 'pending', ticket: 'rotated-1', retryAfterMs: 7000 }, PENDING];
      const first = await call();
      assert.deepEqual(first, {
        outcome: 'pending',
        reason: 'request_submitted',
        retryAt: house.time.nowMs / 1000 + 7,
        hint: { key: 'hint.request_submitted' },
      });
      house.time.nowMs += 6999;
      assert.equal(await outcome(), 'pending request_submitted');
      assert.equal(counts(house).rpt, 1);
      house.time.nowMs += 1;
      await outcome();
      assert.deepEqual(house.server.asked.at(-1)?.ask, { ticket: 'rotated-1' });
      assert.deepEqual(counts(house), { rpt: 2, ticket: 1 });
    });

    it('without an interval: 5 s, growing to 60 s', async () => {
      house.server.answers = [PENDING];
      const pauses: number[] = [];
      for (let n = 0; n < 6; n += 1) {
        const answer = await call();
        assert.ok(answer.outcome === 'pending' && answer.retryAt !== undefined);
        pauses.push(answer.retryAt - house.time.nowMs / 1000);
        house.time.nowMs = answer.retryAt * 1000;
      }
      assert.deepEqual(pauses, [5, 10, 20, 40, 60, 60]);
    });

    it('believes no interval below a second or above ten minutes', async () => {
      house.server.answers = [{ ...PENDING, retryAfterMs: 0 } as RptOutcome];
      await call();
      await call();
      assert.equal(counts(house).rpt, 1);
      house.time.nowMs += 1000;
      house.server.answers = [{ ...PENDING, retryAfterMs: 1e12 } as RptOutcome];
      await call();
      house.time.nowMs += 600_000;
      await call();
      assert.equal(counts(house).rpt, 3);
    });

    const changes: [string, ServerChange, number][] = [
      ['a share for this device and resource', granting('client-1', 'id-dishwasher'), 2],
      ['a share for another resource', granting('client-1', 'id-oven'), 1],
      ['a share for another device', granting('client-2', 'id-dishwasher'), 1],
      ['the end of a panic', { type: 'panic-ended', number: 1, at: 0, owner: 'alice' }, 2],
      [
        'a denied request',
        { type: 'request-denied', number: 1, at: 0, device: 'client-1', resource: 'id-dishwasher' },
        2,
      ],
      [
        'a device that is active again',
        { type: 'device-state', number: 1, at: 0, device: 'client-1', state: 'active' },
        2,
      ],
      ['a heartbeat', { type: 'alive' }, 1],
    ];
    for (const [name, change, expected] of changes) {
      it(`${name}: ${expected > 1 ? 'the next message asks at once' : 'nothing changes'}`, async () => {
        house.server.answers = [PENDING];
        await call();
        house.requesting.changed(change);
        await call();
        assert.equal(counts(house).rpt, expected);
      });
    }

    it('a share that is granted while the server is being asked is not missed', async () => {
      house.server.answers = [PENDING];
      const asking = call();
      await new Promise((resolve) => process.nextTick(resolve));
      house.requesting.changed(granting('client-1', 'id-dishwasher'));
      assert.equal((await asking).outcome, 'pending');
      house.server.answers = [granted(house, 'rpt-1')];
      assert.equal(await outcome(), '200');
    });

    it('begins anew when the ticket has expired meanwhile', async () => {
      house.server.answers = [PENDING, new InvalidTicketError({ status: 400 }), granted(house, 'rpt-1')];
      await call();
      house.time.nowMs += 700_000;
      assert.equal(await outcome(), '200');
      assert.deepEqual(
        house.server.asked.map(({ ask }) => ask),
        [{ ticket: 'ticket-1' }, { ticket: 'rotated-1' }, { ticket: 'ticket-2' }],
      );
    });
  });

  describe('no', () => {
    it('G 3.3.6 need_info: leads to the page of the server', async () => {
      const redirectUser = `${'http://127.0.0.1:1862'}/claim`;
      house.server.answers = [{ kind: 'needs-info', ticket: 'next', requiredClaims: [], redirectUser }];
      assert.deepEqual(await call(), {
        outcome: 'needs-info',
        reason: 'need_info',
        redirectUser,
        hint: { key: 'hint.need_info' },
      });
      house.server.answers = [{ kind: 'needs-info', ticket: 'after', requiredClaims: [] }];
      house.time.nowMs += 2000;
      assert.ok(!('redirectUser' in (await call())));
      assert.deepEqual(house.server.asked.at(-1)?.ask, { ticket: 'next' });
    });

    it('a denial stands for two seconds, so that a busy flow is no flood at the server', async () => {
      house.server.answers = [{ kind: 'denied' }];
      for (let n = 0; n < 20; n += 1) assert.equal(await outcome(), 'denied request_denied');
      assert.equal(counts(house).rpt, 1);
      house.time.nowMs += 2000;
      await outcome();
      assert.deepEqual(counts(house), { rpt: 2, ticket: 2 });
    });

    it('G 3.3.4: a grant of fewer scopes than the message needs is not enough', async () => {
      const permissions = [{ resource: 'id-dishwasher', scopes: ['stop'] }];
      house.server.answers = [granted(house, 'rpt-1', { permissions })];
      const answer = await call();
      assert.deepEqual(answer, {
        outcome: 'denied',
        reason: 'insufficient_scope',
        hint: { key: 'hint.partly_granted', values: { scopes: 'start' } },
      });
      assert.equal(house.resource.seen.length, 0);
      await call();
      assert.equal(counts(house).rpt, 1);
    });
  });

  describe('faults on the way', () => {
    const coded = (code: string, hint?: object) => Object.assign(new Error(code), { code, ...(hint && { hint }) });
    const cases: [string, Error, string][] = [
      ['a server that cannot be reached', UNREACHABLE, 'unreachable server_unreachable'],
      ['a time-out', Object.assign(new Error('late'), { name: 'TimeoutError' }), 'unreachable server_unreachable'],
      ['garbage as an answer', coded('invalid_response'), 'unreachable invalid_response'],
      ['an unknown scope', new InvalidScopeError({ status: 400 }), 'denied invalid_scope'],
      ['a fresh ticket that is not taken', new InvalidTicketError({ status: 400 }), 'unreachable invalid_ticket'],
      ['a device that is stopped here', coded('device_quarantined', { key: 'hint.x' }), 'denied device_quarantined'],
      ['a gateway without an owner', coded('not_joined'), 'needs-info not_joined'],
    ];
    for (const [name, error, expected] of cases) {
      it(`${name}: ${expected}`, async () => {
        house.server.answers = [error];
        assert.equal(await outcome(), expected);
        house.server.answers = [granted(house, 'rpt-1')];
        assert.equal(await outcome(), '200', 'and the next message asks again');
      });
    }

    it('a fault of ours stays an error', async () => {
      for (const error of [new TypeError('oops'), coded('who_knows'), Object.assign(new Error('x'), { code: 7 })]) {
        house.server.answers = [error];
        await assert.rejects(call(), error);
      }
    });

    it('a resource that is not registered yet: unreachable, and says which', async () => {
      const answer = await house.requesting.call({ ...CALL, resource: 'oven' }, { headers: {}, signal: never() });
      assert.deepEqual(answer, {
        outcome: 'unreachable',
        reason: 'resource_not_registered',
        hint: { key: 'hint.resource_not_registered', values: { resource: 'oven' } },
      });
    });

    it('one message gives up, the others get their answer', async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      const controller = new AbortController();
      const one = house.requesting.call(CALL, { headers: {}, signal: controller.signal });
      const other = outcome();
      controller.abort(new Error('the flow has stopped'));
      await assert.rejects(one, /the flow has stopped/);
      assert.equal(await other, '200');
      const late = house.requesting.headers(CALL, undefined, AbortSignal.abort(new Error('stopped before')));
      assert.equal((await late).outcome, 'allowed', 'what is at hand needs no waiting');
    });

    it('a server that hangs is given up, and what it says later is not kept', async () => {
      const deadline = new AbortController();
      house = await makeHouse({ deadline: () => deadline.signal });
      let answer: (outcome: RptOutcome) => void = () => {};
      house.server.answers = [
        new Promise<RptOutcome>((resolve) => {
          answer = resolve;
        }),
      ];
      const asking = outcome();
      await new Promise(setImmediate);
      deadline.abort(new Error('too late'));
      assert.equal(await asking, 'unreachable server_unreachable');
      answer(granted(house, 'late'));
      await new Promise(setImmediate);
      assert.equal(await outcome(), 'unreachable server_unreachable');
    });

    it('close gives up what is on its way', async () => {
      house.server.answers = [new Promise<RptOutcome>(() => {})];
      const asking = outcome();
      await new Promise(setImmediate);
      house.requesting.close();
      assert.equal(await asking, 'unreachable server_unreachable');
    });
  });
});

function granting(device: string, resource: string): ServerChange {
  return { type: 'share-granted', number: 1, at: 0, share: 's', device, resource };
}

import assert from 'node:assert/strict';
import type { CallOptions, CallWish, HttpAnswer } from '../../../lib/requesting/call-wish.ts';
import type { NotAllowed } from '../../../lib/requesting/outcome.ts';
import { CALL, challenge, granted, HERE, type House, makeHouse, never, START } from './fake-house.ts';

describe('what a resource answers', () => {
  let house: House;
  beforeEach(async () => {
    house = await makeHouse();
    house.server.answers = [granted(house, 'rpt-1')];
  });

  function call(wish: Partial<CallWish> = {}, options: Partial<CallOptions> = {}): Promise<HttpAnswer | NotAllowed> {
    return house.requesting.call({ ...CALL, ...wish }, { headers: {}, signal: never(), ...options });
  }

  describe('redirects', () => {
    const to = (location: string, status = 307) => new Response('moved', { status, headers: { location } });

    it('to another origin are not followed: the flow sees them', async () => {
      for (const location of [
        'http://evil.example/',
        '//evil.example/x',
        'https://127.0.0.1:1880/',
        'http://u:p@127.0.0.1:1880/',
      ]) {
        house.resource.respond = () => to(location);
        const answer = await call();
        assert.ok(answer.outcome === 'answered' && answer.statusCode === 307);
      }
      assert.ok(house.resource.seen.every(({ url }) => url === START));
    });

    it('on the same origin are followed with a proof of their own and the body, three at most', async () => {
      house.resource.respond = ({ url }) => (url === START ? to('/dishwasher/really#part') : new Response('started'));
      const answer = await call({}, { body: 'quick' });
      assert.ok(answer.outcome === 'answered');
      assert.equal(answer.responseUrl, `${HERE}/dishwasher/really`);
      assert.ok(house.resource.seen.every(({ proof, body }) => proof?.ok && body === 'quick'));
      house.resource.seen.length = 0;
      house.resource.respond = () => to('/again');
      assert.equal(Reflect.get(await call(), 'statusCode'), 307);
      assert.equal(house.resource.seen.length, 4);
    });

    it('that would change the method are left to the flow, but not where it only reads', async () => {
      house.resource.respond = ({ url }) => (url === START ? to('/elsewhere', 302) : new Response('here'));
      assert.equal(Reflect.get(await call(), 'statusCode'), 302);
      assert.equal(Reflect.get(await call({ method: 'get' }, { body: 'not sent' }), 'statusCode'), 200);
      assert.equal(house.resource.seen.at(-1)?.body, '');
    });

    it('to what is no URL are left to the flow', async () => {
      house.resource.respond = () => to('http://[');
      assert.equal(Reflect.get(await call(), 'statusCode'), 307);
    });
  });

  describe('answers that say no', () => {
    const json = (error: unknown, more: HeadersInit = {}) =>
      new Response(JSON.stringify({ error }), {
        status: 403,
        headers: { 'content-type': 'application/json', ...more },
      });
    const Warning = '199 - "UMA Authorization Server Unreachable"';
    const cases: [string, () => Response, string][] = [
      [
        'G 3.2.2: Warning 199',
        () => new Response(null, { status: 403, headers: { Warning } }),
        'unreachable server_unreachable',
      ],
      ['a refusal without a challenge', () => json('quarantined'), 'denied quarantined'],
      ['a 403 of the resource itself', () => json('not_on_sundays'), 'answered'],
      ['a 403 without words', () => new Response(null, { status: 403 }), 'answered'],
      [
        'a 403 that is not the JSON it says',
        () => new Response('{', { status: 403, headers: { 'content-type': 'application/json' } }),
        'answered',
      ],
      [
        'a 403 with JSON that is no object',
        () => new Response('7', { status: 403, headers: { 'content-type': 'application/json' } }),
        'answered',
      ],
    ];
    for (const [name, respond, expected] of cases) {
      it(`${name}: ${expected}`, async () => {
        house.resource.respond = respond;
        const answer = await call();
        assert.equal(answer.outcome === 'answered' ? 'answered' : `${answer.outcome} ${answer.reason}`, expected);
      });
    }

    it('a resource that cannot be reached, or breaks off: unreachable', async () => {
      const breaking = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
      for (const respond of [() => Promise.reject(new TypeError('fetch failed')), () => new Response(breaking)]) {
        house.resource.respond = respond;
        assert.equal(Reflect.get(await call(), 'reason'), 'resource_unreachable');
      }
      house.resource.respond = () =>
        new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) }), {
          status: 401,
        });
      assert.equal(Reflect.get(await call(), 'reason'), 'resource_unreachable');
    });

    it('a challenge whose body cannot be thrown away is answered all the same', async () => {
      const stuck = new ReadableStream({
        cancel: () => {
          throw new Error('stuck');
        },
      });
      let first = true;
      house.resource.respond = () => {
        const response = first
          ? new Response(stuck, { status: 401, headers: challenge().headers })
          : new Response('ok');
        first = false;
        return response;
      };
      assert.equal((await call()).outcome, 'answered');
    });

    it('the flow stops: its reason; a time-out: unreachable', async () => {
      const stopped = new Error('stopped');
      const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
      await assert.rejects(call({}, { signal: AbortSignal.abort(stopped) }), stopped);
      assert.equal(Reflect.get(await call({}, { signal: AbortSignal.abort(late) }), 'reason'), 'server_unreachable');
      await call();
      for (const [reason, check] of [
        [stopped, (asked: Promise<unknown>) => assert.rejects(asked, stopped)],
        [
          late,
          async (asked: Promise<object>) => assert.equal(Reflect.get(await asked, 'reason'), 'resource_unreachable'),
        ],
      ] as const) {
        const controller = new AbortController();
        house.resource.respond = () => {
          controller.abort(reason);
          throw new Error('aborted');
        };
        await check(call({}, { signal: controller.signal }));
      }
    });
  });
});

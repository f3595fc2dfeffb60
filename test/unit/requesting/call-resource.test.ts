import assert from 'node:assert/strict';
import { CallError, type CallOptions, type CallWish, type HttpAnswer } from '../../../lib/requesting/call-wish.ts';
import { readAnswer } from '../../../lib/requesting/http-answer.ts';
import type { NotAllowed } from '../../../lib/requesting/outcome.ts';
import { InvalidTicketError } from '../../../lib/uma/errors.ts';
import {
  ASK_RESOURCE,
  CALL,
  challenge,
  counts,
  granted,
  HERE,
  type House,
  makeHouse,
  never,
  START,
} from './fake-house.ts';

describe('calling a resource', () => {
  let house: House;
  beforeEach(async () => {
    house = await makeHouse();
    house.server.answers = [granted(house, 'rpt-1')];
  });

  function call(wish: Partial<CallWish> = {}, options: Partial<CallOptions> = {}): Promise<HttpAnswer | NotAllowed> {
    return house.requesting.call({ ...CALL, ...wish }, { headers: {}, signal: never(), ...options });
  }
  function ask(options: Partial<CallOptions> = {}, url = START) {
    return house.requesting.call({ ...ASK_RESOURCE, url }, { headers: {}, signal: never(), ...options });
  }
  const tokens = () => house.resource.seen.map(({ token }) => token);

  it('hands on what the resource answers', async () => {
    house.resource.respond = () => new Response('started', { status: 202, headers: { 'X-Program': 'eco' } });
    const answer = await call({}, { body: 'quick', headers: { 'Content-Type': 'text/x-program' } });
    assert.ok(answer.outcome === 'answered');
    assert.equal(answer.statusCode, 202);
    assert.equal(answer.headers['x-program'], 'eco');
    assert.equal(answer.body.toString(), 'started');
    assert.equal(answer.responseUrl, START);
    assert.equal(answer.device, 'thermostat');
    const [seen] = house.resource.seen;
    assert.equal(seen?.body, 'quick');
    assert.equal(seen?.headers.get('content-type'), 'text/x-program');
    assert.equal(seen?.method, 'POST');
  });

  it('lets no token, proof, ticket or nonce into the result, nor headers of the flow over ours', async () => {
    house.resource.respond = ({ headers }) => {
      const echo = new Headers(headers);
      echo.set('dpop-nonce', 'nonce-1');
      echo.set('www-authenticate', 'UMA ticket="t"');
      return new Response('ok', { headers: echo });
    };
    const headers = { Authorization: 'Basic x', DPoP: 'y', 'Content-Length': '3', Host: 'evil', 'X-Mine': 'kept' };
    const answer = await call({}, { headers });
    assert.ok(answer.outcome === 'answered');
    assert.equal(answer.headers['x-mine'], 'kept');
    const words = JSON.stringify(answer);
    const [seen] = house.resource.seen;
    assert.ok(seen?.proof?.ok && seen.token === 'rpt-1');
    for (const secret of ['rpt-1', seen.headers.get('dpop') ?? 'none', 'nonce-1', 'UMA ticket']) {
      assert.ok(!words.includes(secret), secret);
    }
    assert.ok(!seen.headers.has('host') && !seen.headers.has('content-length'));
  });

  describe('UMA challenges (G 3.2.1)', () => {
    it('are answered once: the RPT that was refused is dropped, and the body is sent again', async () => {
      house.resource.refuses.add('rpt-1');
      house.server.answers = [granted(house, 'rpt-1'), granted(house, 'rpt-2')];
      const answer = await call({}, { body: Buffer.from('quick') });
      assert.equal(answer.outcome, 'answered');
      assert.deepEqual(tokens(), ['rpt-1', 'rpt-2']);
      assert.deepEqual(
        house.resource.seen.map(({ body }) => body),
        ['quick', 'quick'],
      );
      assert.deepEqual(house.server.asked.at(-1)?.ask, { ticket: 'ticket-of-resource' });
    });

    it('a second one is a no, with the reason the resource gives, and the RPT is not used again', async () => {
      house.resource.respond = () => {
        const { headers } = challenge();
        headers.set('content-type', 'application/json; charset=utf-8');
        return new Response(JSON.stringify({ error: 'revoked' }), { status: 401, headers });
      };
      assert.deepEqual(await call(), {
        outcome: 'denied',
        reason: 'revoked',
        hint: { key: 'hint.refused_there', values: { reason: 'revoked' } },
      });
      assert.equal(house.resource.seen.length, 2);
      house.resource.respond = () => challenge();
      assert.equal(Reflect.get(await call(), 'reason'), 'challenged_again');
      assert.equal(counts(house).rpt, 4);
    });

    it('a pending answer to one is the answer', async () => {
      house.resource.refuses.add('rpt-1');
      house.server.answers = [granted(house, 'rpt-1'), { kind: 'pending', ticket: 'next' }];
      assert.equal((await call()).outcome, 'pending');
    });

    it('of 10 messages refused at once one asks, and the others use what it got', async () => {
      house.server.answers = [granted(house, 'rpt-1')];
      await call();
      house.resource.refuses.add('rpt-1');
      house.server.answers = [granted(house, 'rpt-2')];
      const all = await Promise.all(Array.from({ length: 10 }, () => call()));
      assert.ok(all.every(({ outcome }) => outcome === 'answered'));
      assert.equal(counts(house).rpt, 2);
    });
  });

  describe('a resource that has to be asked', () => {
    it('is called without a token, then with one, and with that at once the next time', async () => {
      assert.equal((await ask()).outcome, 'answered');
      assert.deepEqual(tokens(), [undefined, 'rpt-1']);
      await ask();
      assert.deepEqual(tokens(), [undefined, 'rpt-1', 'rpt-1']);
      assert.deepEqual(counts(house), { rpt: 1, ticket: 0 });
    });

    it('that needs no token gets none', async () => {
      house.resource.respond = () => new Response('open');
      assert.equal((await ask()).outcome, 'answered');
      assert.deepEqual(counts(house), { rpt: 0, ticket: 0 });
    });

    it('a challenge of a server that is not exactly ours is not followed, and nobody is asked', async () => {
      const strangers = [
        'http://evil.example',
        'http://127.0.0.1:1862/',
        'HTTP://127.0.0.1:1862',
        'http://127.0.0.1:1862.evil.example',
      ];
      for (const asUri of strangers) {
        house.resource.respond = () => challenge('t', asUri);
        assert.deepEqual(await ask(), {
          outcome: 'denied',
          reason: 'unknown_server',
          hint: { key: 'hint.unknown_server' },
        });
      }
      assert.deepEqual(counts(house), { rpt: 0, ticket: 0 });
    });

    it('while the owner is asked: remembers the rotated ticket, and does not bother the resource', async () => {
      house.server.answers = [{ kind: 'pending', ticket: 'rotated' }, granted(house, 'rpt-1')];
      assert.equal((await ask()).outcome, 'pending');
      assert.equal((await ask()).outcome, 'pending');
      assert.equal(house.resource.seen.length, 1);
      house.time.nowMs += 5000;
      assert.equal((await ask()).outcome, 'answered');
      assert.deepEqual(house.server.asked.at(-1)?.ask, { ticket: 'rotated' });
      assert.deepEqual(tokens(), [undefined, 'rpt-1']);
    });

    it('asks the resource anew when the remembered ticket has expired meanwhile', async () => {
      house.server.answers = [
        { kind: 'pending', ticket: 'rotated' },
        new InvalidTicketError({ status: 400 }),
        granted(house, 'rpt-1'),
      ];
      assert.equal((await ask()).outcome, 'pending');
      house.time.nowMs += 5000;
      assert.equal((await ask()).outcome, 'answered');
      assert.deepEqual(tokens(), [undefined, undefined, 'rpt-1']);
    });

    it('an RPT for one path is not shown at another', async () => {
      await ask();
      await ask({}, `${HERE}/oven/start`);
      assert.deepEqual(tokens(), [undefined, 'rpt-1', undefined, 'rpt-1']);
    });

    it('asks the resource anew when ticket or RPT have expired', async () => {
      await ask();
      house.time.nowMs += 301_000;
      house.server.answers = [granted(house, 'rpt-2')];
      await ask();
      assert.deepEqual(tokens(), [undefined, 'rpt-1', undefined, 'rpt-2']);
    });

    const others: [string, HeadersInit, string][] = [
      ['no challenge at all', {}, 'no_uma_challenge'],
      ['another scheme', { 'WWW-Authenticate': 'Basic realm="x"' }, 'no_uma_challenge'],
      ['a header that breaks the grammar', { 'WWW-Authenticate': 'UMA realm="x' }, 'invalid_challenge'],
      [
        'a UMA challenge without a ticket',
        { 'WWW-Authenticate': `UMA as_uri="${'http://127.0.0.1:1862'}"` },
        'unknown_server',
      ],
      ['a DPoP error', { 'WWW-Authenticate': 'DPoP error="invalid_token"' }, 'invalid_token'],
      ['an error nobody can have meant', { 'WWW-Authenticate': 'DPoP error="<script>"' }, 'no_uma_challenge'],
    ];
    for (const [name, headers, reason] of others) {
      it(`401 with ${name}: denied, ${reason}`, async () => {
        house.resource.respond = () => new Response(null, { status: 401, headers });
        const answer = await ask();
        assert.equal(`${answer.outcome} ${Reflect.get(answer, 'reason')}`, `denied ${reason}`);
        assert.equal(house.resource.seen.length, 1);
      });
    }
  });

  describe('nonces (RFC 9449 9)', () => {
    function wantsNonce(nonce: string): void {
      house.resource.respond = ({ headers }) => {
        const [, claims = ''] = (headers.get('dpop') ?? '').split('.');
        const said = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}').nonce;
        if (said === nonce) return new Response('started', { headers: { 'DPoP-Nonce': `${nonce}+` } });
        const demand = { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"', 'DPoP-Nonce': nonce };
        return new Response(null, { status: 401, headers: demand });
      };
    }

    it('a demand is met once, with the same RPT, and what comes with an answer is used for the next message', async () => {
      house.resource.respond = () => new Response(null, { status: 500 });
      wantsNonce('n1');
      assert.equal((await call()).outcome, 'answered');
      assert.equal(house.resource.seen.length, 2);
      wantsNonce('n1+');
      await call();
      assert.equal(house.resource.seen.length, 3);
      assert.equal(counts(house).rpt, 1);
    });

    it('a second demand, or one without a usable nonce, is a no', async () => {
      const demand = { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' };
      for (const nonce of ['n1', 'not "one', '']) {
        house.resource.seen.length = 0;
        house.resource.respond = () => new Response(null, { status: 401, headers: { ...demand, 'DPoP-Nonce': nonce } });
        const answer = await call();
        assert.equal(answer.outcome, 'denied');
        assert.equal(house.resource.seen.length, nonce === 'n1' ? 2 : 1);
      }
    });

    it('a UMA and a nonce challenge are met once each, in either order', async () => {
      const nonce = () =>
        new Response(null, {
          status: 401,
          headers: { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"', 'DPoP-Nonce': 'n' },
        });
      for (const order of [
        [nonce, challenge],
        [challenge, nonce],
      ]) {
        const answers = [...order];
        house = await makeHouse();
        house.server.answers = [granted(house, 'rpt-1'), granted(house, 'rpt-2')];
        house.resource.respond = () => answers.shift()?.() ?? new Response('started');
        assert.equal((await call()).outcome, 'answered');
        assert.equal(house.resource.seen.length, 3);
      }
    });
  });

  it('an answer of more than 10 MB is not kept', async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
      cancel: () => {
        cancelled = true;
      },
    });
    house.resource.respond = () => new Response(endless);
    await assert.rejects(call(), { code: 'response_too_large' });
    assert.ok(cancelled);
    const small = new Response('12345');
    await assert.rejects(readAnswer(small, { device: 'd', url: START }, 4), CallError);
  });

  it('takes another way out of the house where the flow has one', async () => {
    let used = 0;
    const fetch = async () => {
      used += 1;
      return new Response('by proxy');
    };
    await call({}, { fetch });
    assert.equal(used, 1);
    assert.equal(house.resource.seen.length, 0);
  });

  const mistakes: [string, Partial<CallWish>, Partial<CallOptions>, string][] = [
    ['no URL', { url: 'dishwasher' }, {}, 'invalid_url'],
    ['another scheme', { url: 'ftp://127.0.0.1/x' }, {}, 'invalid_url'],
    ['a password in the URL', { url: 'http://u:p@127.0.0.1:1880/' }, {}, 'invalid_url'],
    ['a method that is none', { method: 'P O' }, {}, 'invalid_method'],
    ['CONNECT', { method: 'connect' }, {}, 'invalid_method'],
    ['a header that cannot be sent', {}, { headers: { 'X-A': 'a\r\nX-B: b' } }, 'invalid_headers'],
  ];
  for (const [name, wish, options, code] of mistakes) {
    it(`${name} is a mistake in the flow: ${code}`, () => assert.rejects(call(wish, options), { code }));
  }

  it('a token for a resource of this gateway goes to no other address, whatever a message says', async () => {
    await assert.rejects(call({ url: 'http://evil.example/x' }), (error: CallError) => {
      assert.equal(error.code, 'foreign_address');
      assert.deepEqual(error.hint.values, {
        address: 'http://evil.example',
        configured: 'http://127.0.0.1:1880, http://localhost:1880',
      });
      return true;
    });
    await call({ url: '//evil.example/x' });
    assert.equal(house.resource.seen.at(-1)?.url, `${HERE}//evil.example/x`);
  });

  it('a URL that begins with / needs an address of this Node-RED', async () => {
    for (const addresses of [[], ['not an address']]) {
      house = await makeHouse({ addresses: () => addresses });
      await assert.rejects(call(), { code: 'invalid_url' });
    }
  });
});

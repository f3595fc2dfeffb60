import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { customFetch } from 'oauth4webapi';
import { type Answer, exchange } from '../../../lib/uma/exchange.ts';
import { type Http, InvalidResponseError, UnreachableError } from '../../../lib/uma/index.ts';
import { empty, fakeServer, json } from './fake-server.ts';

function get(http: Http): Promise<Answer> {
  return exchange('https://as.example', http, ({ [customFetch]: fetch }) =>
    fetch('https://as.example/x', { method: 'GET', headers: {}, body: undefined, redirect: 'manual' }),
  );
}

async function unreachable(http: Http): Promise<UnreachableError> {
  const error = await get(http).then(
    () => assert.fail('answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UnreachableError, inspect(error));
  return error;
}

function body(text: string | Uint8Array<ArrayBuffer>, type: string): Response {
  return new Response(text, { headers: { 'content-type': type } });
}

describe('uma: an exchange', () => {
  for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/problem+json']) {
    it(`RFC 9110 8.3: reads a body of type ${type}`, async () => {
      assert.deepEqual((await get(fakeServer(body('{"a":1}', type)).http)).json, { a: 1 });
    });
  }

  for (const type of ['text/html', 'application/jsonp', 'text/json', '']) {
    it(`does not read a body of type "${type}" as JSON`, async () => {
      const answer = await get(fakeServer(body('{"a":1}', type)).http);
      assert.equal('json' in answer, false);
    });
  }

  it('RFC 8259 8.1: takes only UTF-8, and passes over a byte order mark', async () => {
    const latin = Uint8Array.of(0x22, 0xfc, 0x22);
    assert.equal((await get(fakeServer(body(latin, 'application/json')).http)).json, undefined);
    assert.equal((await get(fakeServer(body('\ufeff"ü"', 'application/json')).http)).json, 'ü');
  });

  it('broken JSON is an answer without JSON', async () => {
    assert.equal((await get(fakeServer(body('{"a":', 'application/json')).http)).json, undefined);
    assert.equal((await get(fakeServer(empty(200, { 'content-type': 'application/json' })).http)).json, undefined);
  });

  it('stops reading a body that does not end, and ends its stream', async () => {
    let sent = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65536;
        controller.enqueue(new Uint8Array(65536));
      },
      cancel() {
        cancelled = true;
      },
    });
    const response = new Response(endless, { headers: { 'content-type': 'application/json' } });
    await assert.rejects(get(fakeServer(response).http), InvalidResponseError);
    assert.ok(cancelled);
    assert.ok(sent <= 2 * 1024 * 1024);
  });

  it('a network fault is "unreachable", with its cause out of sight of enumeration', async () => {
    const cause = new TypeError('fetch failed');
    const error = await unreachable(fakeServer(cause).http);
    assert.deepEqual([error.code, error.reason, error.cause], ['unreachable', 'network', cause]);
    assert.deepEqual(error.hint, {
      key: 'hint.unreachable',
      values: { server: 'https://as.example', reason: 'network' },
    });
    assert.equal(Object.keys(error).includes('cause'), false);
  });

  it('a hint of the HTTP client, which is nearer to the cause, is passed on', async () => {
    const hint = { key: 'hint.certificate', values: { origin: 'https://as.example' } };
    assert.deepEqual((await unreachable(fakeServer(Object.assign(new Error('x'), { hint })).http)).hint, hint);
    for (const none of ['text', null, {}, { key: 7 }]) {
      const error = await unreachable(fakeServer(Object.assign(new Error('x'), { hint: none })).http);
      assert.equal(error.hint.key, 'hint.unreachable');
    }
  });

  it('a connection lost within the body is "unreachable" too', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('reset')) });
    const response = new Response(broken, { headers: { 'content-type': 'application/json' } });
    assert.equal((await unreachable(fakeServer(response).http)).reason, 'network');
  });

  it('a time-out of the socket is told apart, however deep it lies', async () => {
    const cause = Object.assign(new Error('late'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
    assert.equal((await unreachable(fakeServer(new TypeError('fetch failed', { cause })).http)).reason, 'timeout');
  });

  it("the caller's time-out is a time-out, whatever the HTTP client throws", async () => {
    const timedOut = new AbortController();
    const { http } = fakeServer(() => {
      timedOut.abort(new DOMException('too late', 'TimeoutError'));
      throw new DOMException('aborted', 'AbortError');
    });
    assert.equal((await unreachable({ ...http, signal: timedOut.signal })).reason, 'timeout');
  });

  it("the caller's own abort comes back as it was, and no request is made after it", async () => {
    const stopped = new AbortController();
    const reason = new Error('closed');
    stopped.abort(reason);
    const { http, requests } = fakeServer();
    await assert.rejects(get({ ...http, signal: stopped.signal }), (error) => error === reason);
    assert.equal(requests.length, 0);
  });

  it('RFC 9110 15.6: 5xx is "unreachable", with what the server calls it', async () => {
    const error = await unreachable(fakeServer(json(500, { error: 'server_error', error_description: 'oh' })).http);
    assert.equal(error.reason, 'server_error');
    assert.deepEqual(error.response, { status: 500, error: 'server_error', description: 'oh' });
    assert.equal(error.retryAfterMs, undefined);
  });

  it('RFC 6585 4, RFC 9110 10.2.3: 429 tells when to come back, in seconds or by date', async () => {
    const inSeconds = await unreachable(fakeServer(empty(429, { 'retry-after': '7' })).http);
    assert.deepEqual([inSeconds.reason, inSeconds.retryAfterMs], ['busy', 7000]);
    const at = new Date(Date.now() + 3_600_000).toUTCString();
    const byDate = (await unreachable(fakeServer(empty(503, { 'retry-after': at })).http)).retryAfterMs ?? 0;
    assert.ok(byDate > 0 && byDate <= 3_600_000);
  });

  it('a Retry-After of nonsense, of the past or of a century is not believed', async () => {
    const wait = async (value: string) =>
      (await unreachable(fakeServer(empty(503, { 'retry-after': value })).http)).retryAfterMs;
    assert.equal(await wait('soon'), undefined);
    assert.equal(await wait('Thu, 01 Jan 1970 00:00:00 GMT'), undefined);
    assert.equal(await wait('99999999999'), 86_400_000);
  });
});

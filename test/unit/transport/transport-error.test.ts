import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { TransportError, translated } from '../../../lib/transport/transport-error.ts';

const URL_WITH_SECRET = 'http://127.0.0.1:9/path?code=SECRET';

function failed(code: string, name = 'Error'): TypeError {
  const cause = Object.assign(new Error('SECRET words'), { code, name });
  return new TypeError('fetch failed', { cause });
}

describe('transport errors', () => {
  it('say why a server is unreachable', () => {
    const whys = {
      ECONNREFUSED: 'refused',
      ENOTFOUND: 'unknown_host',
      EAI_AGAIN: 'unknown_host',
      UND_ERR_CONNECT_TIMEOUT: 'timeout',
      UND_ERR_HEADERS_TIMEOUT: 'timeout',
      ETIMEDOUT: 'timeout',
      DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
      ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
      UND_ERR_DESTROYED: 'closed',
      UND_ERR_SOCKET: 'broken',
      ECONNRESET: 'broken',
    };
    for (const [code, why] of Object.entries(whys)) {
      const error = translated(failed(code), URL_WITH_SECRET);
      assert.ok(error instanceof TransportError);
      assert.equal(error.code, 'unreachable');
      assert.equal(error.why, why, code);
      assert.deepEqual(error.hint, { key: `hint.unreachable_${why}`, values: { origin: 'http://127.0.0.1:9' } });
      assert.ok(error.cause instanceof Error && 'code' in error.cause && error.cause.code === code);
    }
  });

  it('hold nothing of path, query, headers or what the other side said', () => {
    const errors = [
      translated(failed('ECONNRESET'), URL_WITH_SECRET),
      translated(new TypeError('Headers.append: "SECRET\n" is an invalid header value.'), URL_WITH_SECRET),
      translated(failed('ERR_INVALID_URL'), 'not a URL with SECRET'),
      new TransportError('stream_refused', URL_WITH_SECRET, { status: 401, headers: { 'dpop-nonce': 'SECRET' } }),
    ];
    for (const error of errors) {
      assert.ok(error instanceof TransportError);
      assert.ok(!inspect({ ...error, message: error.message }, { depth: 9 }).includes('SECRET'));
      assert.ok(!inspect(error, { depth: 9 }).includes('SECRET'));
      assert.ok(!JSON.stringify(error).includes('SECRET'));
    }
  });

  it('tell a mistake in the request from a failing network', () => {
    for (const error of [new TypeError('invalid header'), failed('ERR_INVALID_URL'), failed('UND_ERR_INVALID_ARG')]) {
      assert.equal((translated(error, 'http://h/') as TransportError).code, 'unsendable_request');
    }
    for (const error of [new TypeError('terminated'), new Error('?'), 'thrown text', undefined]) {
      assert.equal((translated(error, 'http://h/') as TransportError).why, 'broken');
    }
    const tooLong = new DOMException('It took too long', 'TimeoutError');
    assert.equal((translated(tooLong, 'http://h/') as TransportError).why, 'timeout');
  });

  it('leave alone what is ours already, and what the caller wanted', () => {
    const ours = new TransportError('response_too_large', 'http://h/');
    assert.equal(translated(ours, 'http://h/'), ours);
    const reason = new Error('enough');
    assert.equal(translated(failed('ECONNRESET'), 'http://h/', AbortSignal.abort(reason)), reason);
  });
});

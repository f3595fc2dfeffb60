import assert from 'node:assert/strict';
import type { JSONWebKeySet } from 'jose';
import { createKeySet, type KeySetPorts } from '../../../lib/decision/key-set.ts';
import { makeServerKey } from './small-home.ts';

const JWKS_URI = 'http://127.0.0.1:1862/jwks';

/** A server whose key set can be changed, held back or taken away, and which counts who asks. */
function fakeServer(jwks: JSONWebKeySet) {
  const server = { jwks, down: false, asked: 0, nowMs: 0 };
  const ports: KeySetPorts = {
    async fetchJwks() {
      server.asked += 1;
      await new Promise(setImmediate);
      if (server.down) throw new Error('connection refused');
      return server.jwks;
    },
    monotonicMs: () => server.nowMs,
  };
  return { server, ports };
}

describe('the key set of the server', () => {
  const first = makeServerKey('k1');
  const second = makeServerKey('k2');

  it('fetches once, however many ask at once, and then no more', async () => {
    const { server, ports } = fakeServer(first.jwks);
    const keys = createKeySet(ports);
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.keyFor(JWKS_URI, 'k1', 'ES256')));
    assert.ok(found.every((key) => key !== undefined));
    await keys.keyFor(JWKS_URI, 'k1', 'ES256');
    assert.equal(server.asked, 1);
  });

  it('asks again for a name it does not know, at most once a minute', async () => {
    const { server, ports } = fakeServer(first.jwks);
    const keys = createKeySet(ports);
    await keys.keyFor(JWKS_URI, 'k1', 'ES256');
    server.jwks = { keys: [...first.jwks.keys, ...second.jwks.keys] };
    server.nowMs += 59_999;
    assert.equal(await keys.keyFor(JWKS_URI, 'k2', 'ES256'), undefined);
    assert.equal(server.asked, 1);
    server.nowMs += 1;
    assert.ok(await keys.keyFor(JWKS_URI, 'k2', 'ES256'));
    assert.equal(await keys.keyFor(JWKS_URI, 'invented', 'ES256'), undefined);
    assert.equal(server.asked, 2);
  });

  it('a key that the server shows no more is good for nothing after five minutes', async () => {
    const { server, ports } = fakeServer({ keys: [...second.jwks.keys, ...first.jwks.keys] });
    const keys = createKeySet(ports);
    assert.ok(await keys.keyFor(JWKS_URI, 'k1', 'ES256'));
    server.jwks = second.jwks;
    server.nowMs += 299_999;
    assert.ok(await keys.keyFor(JWKS_URI, 'k1', 'ES256'));
    server.nowMs += 1;
    assert.equal(await keys.keyFor(JWKS_URI, 'k1', 'ES256'), undefined);
    assert.ok(await keys.keyFor(JWKS_URI, 'k2', 'ES256'));
    assert.equal(server.asked, 2);
  });

  it('goes on with the keys it has seen while the server is down', async () => {
    const { server, ports } = fakeServer(first.jwks);
    const keys = createKeySet(ports);
    await keys.keyFor(JWKS_URI, 'k1', 'ES256');
    server.down = true;
    server.nowMs += 3_600_000;
    assert.equal(await keys.keyFor(JWKS_URI, 'k2', 'ES256'), undefined);
    assert.ok(await keys.keyFor(JWKS_URI, 'k1', 'ES256'));
  });

  it('takes over a key set kept from an earlier run, and still asks for one that is missing in it', async () => {
    const { server, ports } = fakeServer(second.jwks);
    const keys = createKeySet({ ...ports, known: { jwksUri: JWKS_URI, jwks: first.jwks } });
    assert.ok(await keys.keyFor(JWKS_URI, 'k1', 'ES256'));
    assert.equal(server.asked, 0);
    assert.ok(await keys.keyFor(JWKS_URI, 'k2', 'ES256'));
  });

  it('rejects while no keys are known at all, and tries again after two seconds', async () => {
    const { server, ports } = fakeServer(first.jwks);
    server.down = true;
    const keys = createKeySet(ports);
    await assert.rejects(keys.keyFor(JWKS_URI, 'k1', 'ES256'), /refused/);
    await assert.rejects(keys.keyFor(JWKS_URI, 'k1', 'ES256'), /refused/);
    assert.equal(server.asked, 1);
    server.down = false;
    server.nowMs += 2000;
    assert.ok(await keys.keyFor(JWKS_URI, 'k1', 'ES256'));
  });

  it('does not wait for a server that hangs', async () => {
    const controller = new AbortController();
    const keys = createKeySet({ fetchJwks: () => new Promise(() => {}), deadline: () => controller.signal });
    const asked = keys.keyFor(JWKS_URI, 'k1', 'ES256');
    controller.abort(new Error('too late'));
    await assert.rejects(asked, /too late/);
    await assert.rejects(
      createKeySet({ fetchJwks: () => new Promise(() => {}), deadline: () => controller.signal }).keyFor(
        JWKS_URI,
        'k1',
        'ES256',
      ),
      /too late/,
    );
  });

  it('begins anew at another address', async () => {
    const { server, ports } = fakeServer(first.jwks);
    const keys = createKeySet(ports);
    await keys.keyFor(JWKS_URI, 'k1', 'ES256');
    server.jwks = second.jwks;
    assert.equal(await keys.keyFor(`${JWKS_URI}/moved`, 'k1', 'ES256'), undefined);
    assert.equal(server.asked, 2);
  });

  it('takes a token without kid for the only key that fits, and for none of several', async () => {
    const one = createKeySet(fakeServer(first.jwks).ports);
    assert.ok(await one.keyFor(JWKS_URI, undefined, 'ES256'));
    assert.equal(await one.keyFor(JWKS_URI, undefined, 'RS256'), undefined);
    const two = createKeySet(fakeServer({ keys: [...first.jwks.keys, ...second.jwks.keys] }).ports);
    assert.equal(await two.keyFor(JWKS_URI, undefined, 'ES256'), undefined);
  });

  it('RFC 7517 5: passes over keys that are not for signing, of unknown kinds or damaged', async () => {
    const jwks = {
      keys: [
        { ...first.jwks.keys[0], kid: 'enc', use: 'enc' },
        { kty: 'oct', kid: 'secret', k: 'c2VjcmV0' },
        { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'damaged' },
        { ...second.jwks.keys[0], kid: 'plain', use: undefined, alg: undefined },
      ],
    } as JSONWebKeySet;
    const keys = createKeySet(fakeServer(jwks).ports);
    for (const kid of ['enc', 'secret', 'damaged']) assert.equal(await keys.keyFor(JWKS_URI, kid, 'ES256'), undefined);
    assert.ok(await keys.keyFor(JWKS_URI, 'plain', 'ES256'));
  });

  it('takes an answer that is no key set for a failure', async () => {
    for (const answer of [undefined, null, {}, { keys: 'none' }]) {
      const keys = createKeySet({ fetchJwks: async () => answer as unknown as JSONWebKeySet });
      await assert.rejects(keys.keyFor(JWKS_URI, 'k1', 'ES256'), TypeError);
    }
  });
});

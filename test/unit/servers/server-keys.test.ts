import assert from 'node:assert/strict';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { openConnectionState } from '../../../lib/servers/connection-state.ts';
import { createLink } from '../../../lib/servers/link.ts';
import { createServerKeys } from '../../../lib/servers/server-keys.ts';
import type { Transport } from '../../../lib/transport/transport.ts';
import { memoryStore } from '../../support/memory-store.ts';

const issuer = 'http://127.0.0.1:1862';

async function signingKey(): Promise<JWK> {
  return exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey);
}

const thumb = (key: JWK) => calculateJwkThumbprint(key);

interface Pair {
  jwk: JWK;
  privateKey: CryptoKey;
}

async function pair(): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { jwk: await exportJWK(publicKey), privateKey };
}

/** One key's word for the next, as the server writes it; spoilt on purpose. */
async function vouch(by: Pair, next: JWK, { header = {}, claims = {} } = {}): Promise<string> {
  return new SignJWT({ next_jkt: await thumb(next), ...claims })
    .setProtectedHeader({ typ: 'key-succession+jwt', alg: 'ES256', jwk: by.jwk as JWK & { kty: string }, ...header })
    .setIssuedAt()
    .sign(by.privateKey);
}

/** A server that is nothing but its discovery document and whatever it shows at `/jwks`. */
async function bench() {
  const shown: { jwks: unknown; status: number } = { jwks: { keys: [] }, status: 200 };
  const log: string[] = [];
  const transport: Transport = {
    async fetch(url) {
      if (String(url).endsWith('/jwks')) return Response.json(shown.jwks, { status: shown.status });
      return Response.json({ issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` });
    },
    eventStream: () => assert.fail('nothing is listened to'),
    close: async () => {},
  };
  const store = memoryStore();
  const open = async (confirmed?: string) => {
    const state = openConnectionState(store, issuer);
    const link = createLink({ issuer, state, transport, key: await generateDeviceKey('ES256') });
    return { keys: createServerKeys(link, (line) => log.push(line), confirmed), state };
  };
  return { shown, log, open, ...(await open()) };
}

describe('the server’s signing keys', () => {
  it('are pinned when first seen, and stay so across a restart', async () => {
    const { shown, open, keys, state } = await bench();
    const [first, second] = [await signingKey(), await signingKey()];
    shown.jwks = { keys: [first, second] };
    assert.deepEqual(await keys.fetch(), [first, second]);
    assert.deepEqual(state.connection().serverKeys, [
      await calculateJwkThumbprint(first),
      await calculateJwkThumbprint(second),
    ]);
    shown.jwks = { keys: [second] };
    assert.deepEqual(await (await open()).keys.fetch(), [second]);
  });

  it('an unknown one beside a known one is not used, and stands in the log once', async () => {
    const { shown, log, keys } = await bench();
    const [known, smuggled] = [await signingKey(), await signingKey()];
    shown.jwks = { keys: [known] };
    await keys.fetch();
    shown.jwks = { keys: [smuggled, known] };
    assert.deepEqual(await keys.fetch(), [known]);
    assert.deepEqual(await keys.fetch(), [known]);
    assert.equal(log.length, 1);
    assert.match(String(log[0]), new RegExp(await calculateJwkThumbprint(smuggled)));
  });

  it('others altogether are refused, until an operator drops what is known', async () => {
    const { shown, keys, state } = await bench();
    shown.jwks = { keys: [await signingKey()] };
    await keys.fetch();
    const another = await signingKey();
    shown.jwks = { keys: [another] };
    await assert.rejects(keys.fetch(), {
      code: 'server_key_changed',
      hint: { key: 'hint.server_key_changed', values: { server: issuer, fingerprint: await thumb(another) } },
    });
    await assert.rejects(keys.fetch(), { code: 'server_key_changed' });
    await state.forget();
    assert.deepEqual(await keys.fetch(), [another]);
  });

  for (const jwks of [
    {},
    { keys: [] },
    { keys: 'none' },
    { keys: [null] },
    { keys: [{ kty: 'EC' }] },
    { keys: [{ kty: 'moon' }] },
    [],
  ]) {
    it(`pins nothing of ${JSON.stringify(jwks)}`, async () => {
      const { shown, keys, state } = await bench();
      shown.jwks = jwks;
      await assert.rejects(keys.fetch(), { code: 'invalid_response' });
      assert.equal(state.connection().serverKeys, undefined);
    });
  }

  it('an error page is no set of keys', async () => {
    const { shown, keys } = await bench();
    shown.status = 404;
    shown.jwks = { keys: [await signingKey()] };
    await assert.rejects(keys.fetch(), { code: 'invalid_response' });
  });
});

describe('the server’s signing keys, when they change', () => {
  it('a new one is used once an old one has signed for it, and the old one as long as it is shown', async () => {
    const { shown, log, open, keys } = await bench();
    const [first, second] = [await pair(), await pair()];
    shown.jwks = { keys: [first.jwk] };
    await keys.fetch();
    const succession = [await vouch(first, second.jwk)];
    shown.jwks = { keys: [second.jwk, first.jwk], succession };
    assert.deepEqual(await keys.fetch(), [second.jwk, first.jwk]);
    assert.match(log.join(), new RegExp(await thumb(second.jwk)));
    shown.jwks = { keys: [second.jwk], succession };
    assert.deepEqual(await (await open()).keys.fetch(), [second.jwk]);
    shown.jwks = { keys: [first.jwk], succession };
    await assert.rejects(keys.fetch(), { code: 'server_key_changed' }, 'a key that gave way does not come back');
  });

  for (const when of ['that followed', 'that first came while both were shown'])
    it(`a key that gave way names no second successor to a gateway ${when}`, async () => {
      const { shown, open, keys } = await bench();
      const [first, second, thief] = [await pair(), await pair(), await pair()];
      if (when === 'that followed') {
        shown.jwks = { keys: [first.jwk] };
        await keys.fetch();
      }
      const succession = [await vouch(first, second.jwk)];
      shown.jwks = { keys: [second.jwk, first.jwk], succession };
      assert.deepEqual(await keys.fetch(), [second.jwk, first.jwk]);
      const stolen = await vouch(first, thief.jwk);
      for (const words of [[stolen], [...succession, stolen], [stolen, ...succession]]) {
        shown.jwks = { keys: [thief.jwk], succession: words };
        await assert.rejects((await open()).keys.fetch(), { code: 'server_key_changed' });
      }
      shown.jwks = { keys: [thief.jwk, second.jwk], succession: [stolen] };
      assert.deepEqual(await keys.fetch(), [second.jwk]);
    });

  it('who was away for several changes follows them one by one', async () => {
    const { shown, keys } = await bench();
    const pairs = await Promise.all(Array.from({ length: 4 }, pair));
    const [first, second, third, fourth] = pairs as [Pair, Pair, Pair, Pair];
    shown.jwks = { keys: [first.jwk] };
    await keys.fetch();
    const words = await Promise.all([vouch(first, second.jwk), vouch(second, third.jwk), vouch(third, fourth.jwk)]);
    shown.jwks = { keys: [fourth.jwk], succession: [words[0], words[2]] };
    await assert.rejects(keys.fetch(), { code: 'server_key_changed' }, 'not with one of them missing');
    shown.jwks = { keys: [fourth.jwk], succession: words };
    assert.deepEqual(await keys.fetch(), [fourth.jwk]);
  });

  it('nobody else’s word counts, nor a word of another kind', async () => {
    const { shown, keys } = await bench();
    const [known, next, stranger] = [await pair(), await pair(), await pair()];
    shown.jwks = { keys: [known.jwk] };
    await keys.fetch();
    const named = { jwk: known.jwk as JWK & { kty: string } };
    const good = await vouch(known, next.jwk);
    for (const bad of [
      await vouch(stranger, next.jwk),
      await vouch({ ...stranger, jwk: known.jwk }, next.jwk),
      await vouch(next, next.jwk, { header: named }),
      await vouch(known, stranger.jwk),
      await vouch(known, next.jwk, { header: { typ: 'at+jwt' } }),
      await vouch(known, next.jwk, { header: { typ: undefined } }),
      await vouch(known, next.jwk, { claims: { next_jkt: [await thumb(next.jwk)] } }),
      `${good.split('.').slice(0, 2).join('.')}.`,
      'a.b.c',
      { length: 3 },
      null,
    ]) {
      shown.jwks = { keys: [next.jwk], succession: [bad] };
      await assert.rejects(keys.fetch(), { code: 'server_key_changed' }, JSON.stringify(bad));
    }
    for (const succession of ['x', {}, 7]) {
      shown.jwks = { keys: [next.jwk], succession };
      await assert.rejects(keys.fetch(), { code: 'server_key_changed' });
    }
    shown.jwks = { keys: [next.jwk], succession: [good] };
    assert.deepEqual(await keys.fetch(), [next.jwk]);
  });

  it('a person’s word lets another in, once: it does not bring an old one back later', async () => {
    const { shown, open, keys } = await bench();
    const [first, second, third] = [await pair(), await pair(), await pair()];
    shown.jwks = { keys: [first.jwk] };
    await keys.fetch();
    shown.jwks = { keys: [second.jwk] };
    const told = await open(await thumb(second.jwk));
    assert.deepEqual(await told.keys.fetch(), [second.jwk]);
    shown.jwks = { keys: [third.jwk], succession: [await vouch(second, third.jwk)] };
    assert.deepEqual(await told.keys.fetch(), [third.jwk], 'the server goes on by itself');
    shown.jwks = { keys: [second.jwk] };
    await assert.rejects((await open(await thumb(second.jwk))).keys.fetch(), { code: 'server_key_changed' });
  });

  it('a person’s word about another key than the one shown keeps it out, from the first time on', async () => {
    const { shown, open } = await bench();
    const [first, second] = [await pair(), await pair()];
    shown.jwks = { keys: [first.jwk] };
    const { keys } = await open(await thumb(second.jwk));
    await assert.rejects(keys.fetch(), { code: 'server_key_changed' });
  });
});

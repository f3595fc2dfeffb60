import assert from 'node:assert/strict';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
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
  const open = async () => {
    const state = openConnectionState(store, issuer);
    const link = createLink({ issuer, state, transport, key: await generateDeviceKey('ES256') });
    return { keys: createServerKeys(link, (line) => log.push(line)), state };
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
      hint: { key: 'hint.server_key_changed', values: { server: issuer } },
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

import assert from 'node:assert/strict';
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, importJWK, jwtVerify } from 'jose';
import {
  InvalidArgumentError,
  type KeyHolder,
  keyHolderClient,
  requestProtectionToken,
} from '../../../lib/uma/index.ts';
import { newKeyHolder } from './fake-client.ts';
import { fakeServer, json, METADATA, type SeenRequest } from './fake-server.ts';

const TOKEN = { access_token: 'pat', token_type: 'DPoP' };

async function sentBy(holder: KeyHolder, server = METADATA): Promise<SeenRequest> {
  const { http, requests } = fakeServer(json(200, TOKEN));
  await requestProtectionToken(await keyHolderClient(server, holder), http);
  const [request] = requests;
  assert.ok(request);
  return request;
}

function assertionOf(request: SeenRequest): string {
  return request.form.get('client_assertion') ?? '';
}

describe('uma: a client with a key', () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    it(`RFC 7523 3: ${algorithm}: authenticates by an assertion for the issuer, signed by its key`, async () => {
      const holder = await newKeyHolder(algorithm);
      const request = await sentBy(holder);
      const { payload, protectedHeader } = await jwtVerify(
        assertionOf(request),
        await importJWK(holder.publicJwk, algorithm),
        {
          issuer: 'thermostat',
          subject: 'thermostat',
          audience: METADATA.issuer,
          requiredClaims: ['jti', 'exp'],
        },
      );
      assert.equal(protectedHeader.alg, algorithm);
      assert.ok(payload.jti);
      assert.equal(request.form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      assert.equal(request.headers.authorization, undefined);
    });

    it(`RFC 9449 4.2: ${algorithm}: binds its tokens by a proof of the same key, which shows nothing private`, async () => {
      const holder = await newKeyHolder(algorithm);
      const { headers, url } = await sentBy(holder);
      const { payload, protectedHeader } = await jwtVerify(headers.dpop ?? '', EmbeddedJWK, { typ: 'dpop+jwt' });
      assert.equal(protectedHeader.alg, algorithm);
      assert.deepEqual([payload.htm, payload.htu], ['POST', url]);
      assert.ok(protectedHeader.jwk);
      assert.equal(await calculateJwkThumbprint(protectedHeader.jwk), await calculateJwkThumbprint(holder.publicJwk));
      assert.equal('d' in protectedHeader.jwk, false);
    });
  }

  it('RFC 9864 2.2: an Ed25519 signature is named Ed25519 where the server lists only that, or the JWK has that alg', async () => {
    const holder = await newKeyHolder('EdDSA');
    const algorithms = (names: string[]) => ({
      ...METADATA,
      token_endpoint_auth_signing_alg_values_supported: names,
      dpop_signing_alg_values_supported: names,
    });
    const names = async (request: Promise<SeenRequest>) => {
      const sent = await request;
      return [assertionOf(sent), sent.headers.dpop ?? ''].map((jwt) => decodeProtectedHeader(jwt).alg);
    };
    assert.deepEqual(await names(sentBy(holder, algorithms(['ES256', 'Ed25519']))), ['Ed25519', 'Ed25519']);
    assert.deepEqual(await names(sentBy(holder, algorithms(['Ed25519', 'EdDSA']))), ['EdDSA', 'EdDSA']);
    const named = { ...holder, publicJwk: { ...holder.publicJwk, alg: 'Ed25519' } };
    assert.deepEqual(await names(sentBy(named)), ['Ed25519', 'Ed25519']);
    assert.deepEqual(await names(sentBy(named, algorithms(['Ed25519', 'EdDSA']))), ['Ed25519', 'Ed25519']);
    assert.deepEqual(await names(sentBy(named, algorithms(['EdDSA']))), ['EdDSA', 'EdDSA']);
  });

  it('RFC 7515 4.1.4: names the key by the kid of its registration', async () => {
    const request = await sentBy({ ...(await newKeyHolder('ES256')), keyId: 'key-1' });
    assert.equal(decodeProtectedHeader(assertionOf(request)).kid, 'key-1');
  });

  it('refuses a key that is not one for the algorithm, or no key at all', async () => {
    const p256 = await newKeyHolder('ES256');
    const ed25519 = await newKeyHolder('EdDSA');
    const { x: _x, ...incomplete } = p256.publicJwk;
    const wrong: KeyHolder[] = [
      { ...p256, algorithm: 'EdDSA' },
      { ...p256, publicJwk: ed25519.publicJwk },
      { ...ed25519, privateKey: p256.privateKey },
      { ...p256, publicJwk: incomplete },
      { ...p256, publicJwk: { ...p256.publicJwk, y: 'AAAA' } },
    ];
    for (const holder of wrong) await assert.rejects(keyHolderClient(METADATA, holder), InvalidArgumentError);
  });
});

import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { SignJWT } from 'jose';
import { type JwtExpectations, verifyJwt } from '../../../lib/proof/index.ts';
import { toLowerForm } from '../../../lib/proof/one-spelling.ts';
import { encoded, NOW_MS, NOW_SECONDS } from './crafted-proof.ts';

const ISSUER = 'http://127.0.0.1:1862';
const AUDIENCE = 'gateway-1';

describe('verifyJwt', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const expected: JwtExpectations = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['ES256'],
    types: ['at+jwt'],
    keyFor: (kid) => (kid === 'k1' ? pair.publicKey : undefined),
    nowMs: NOW_MS,
    leewaySeconds: 5,
  };
  const honest = { iss: ISSUER, aud: AUDIENCE, iat: NOW_SECONDS - 60, exp: NOW_SECONDS + 240, client_id: 'thermostat' };

  function token(claims: object = {}, header: object = {}, key: KeyObject = pair.privateKey): Promise<string> {
    const jwt = new SignJWT({ ...honest, ...claims });
    return jwt.setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header }).sign(key);
  }
  async function outcome(presented: string | Promise<string>, changes: Partial<JwtExpectations> = {}): Promise<string> {
    const verdict = await verifyJwt(await presented, { ...expected, ...changes });
    return verdict.ok ? 'accepted' : `${verdict.reason}: ${verdict.detail}`;
  }

  it('gives the claims of a good token', async () => {
    const verdict = await verifyJwt(await token(), expected);
    assert.deepEqual(verdict, { ok: true, claims: honest });
    assert.equal(await outcome(token({ aud: ['other', AUDIENCE] })), 'accepted');
  });

  it('finds a key asynchronously too', async () => {
    assert.equal(await outcome(token(), { keyFor: async () => pair.publicKey }), 'accepted');
  });

  it('RFC 9068 4: the type is at+jwt, with or without application/, in any case', async () => {
    assert.equal(await outcome(token({}, { typ: 'application/AT+JWT' })), 'accepted');
    for (const typ of ['JWT', 'dpop+jwt', '', undefined]) {
      assert.equal(await outcome(token({}, { typ })), 'invalid_token: type');
    }
    assert.equal(await outcome(token({}, { typ: 'JWT' }), { types: ['at+jwt', 'jwt'] }), 'accepted');
  });

  it('garbage is an invalid token', async () => {
    for (const text of ['', 'garbage', 'a.b.c', '...', `${await token()}.x`, '😀', 'A'.repeat(100_000)]) {
      assert.equal(await outcome(text), 'invalid_token: malformed');
    }
    const [, claims] = (await token()).split('.');
    const critical = encoded({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', crit: ['x'], x: 1 });
    assert.equal(await outcome(`${critical}.${claims}.AAAA`), 'invalid_token: malformed');
    const list = `${encoded({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })}.${encoded([1])}`;
    const signed = sign('sha256', Buffer.from(list), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
    assert.equal(await outcome(`${list}.${signed.toString('base64url')}`), 'invalid_token: malformed');
  });

  it('RFC 8725 3.1: alg none, and HS256 made with the public key, are refused, even where allowed by mistake', async () => {
    const claims = encoded(honest);
    const none = `${encoded({ alg: 'none', typ: 'at+jwt' })}.${claims}.`;
    const input = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${claims}`;
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' });
    const confused = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
    for (const algorithms of [['ES256'], ['ES256', 'HS256', 'none']]) {
      assert.equal(await outcome(none, { algorithms }), 'invalid_token: algorithm');
      assert.equal(await outcome(confused, { algorithms }), 'invalid_token: algorithm');
    }
    assert.equal(await outcome(token(), { algorithms: ['EdDSA'] }), 'invalid_token: algorithm');
  });

  it('a signature by another key is refused', async () => {
    assert.equal(await outcome(token({}, {}, stranger.privateKey)), 'invalid_token: signature');
    const [header, , signature] = (await token()).split('.');
    assert.equal(
      await outcome(`${header}.${encoded({ ...honest, client_id: 'x' })}.${signature}`),
      'invalid_token: signature',
    );
  });

  it('a key that does not fit the algorithm is refused', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    assert.equal(await outcome(token(), { keyFor: () => rsa }), 'invalid_token: signature');
  });

  it('a key embedded in the token is never used', async () => {
    const jwk = createPublicKey(stranger.privateKey).export({ format: 'jwk' });
    assert.equal(await outcome(token({}, { jwk }, stranger.privateKey)), 'invalid_token: signature');
  });

  it('a name that the issuer has no key of is told apart, so that keys can be fetched anew', async () => {
    assert.equal(await outcome(token({}, { kid: 'k2' })), 'invalid_token: unknown_key');
    assert.equal(await outcome(token({}, { kid: undefined })), 'invalid_token: unknown_key');
  });

  it('a server whose keys cannot be fetched is no bad token: that error comes through', async () => {
    const unreachable = new Error('unreachable');
    const rejecting = () => Promise.reject(unreachable);
    const throwing = () => {
      throw unreachable;
    };
    for (const keyFor of [rejecting, throwing]) await assert.rejects(outcome(token(), { keyFor }), unreachable);
  });

  it('RFC 7519 4.1.1, 4.1.3: another issuer, another audience', async () => {
    assert.equal(await outcome(token({ iss: 'http://evil.example' })), 'invalid_token: issuer');
    assert.equal(await outcome(token({ iss: `${ISSUER}/` })), 'invalid_token: issuer');
    assert.equal(await outcome(token({ aud: 'gateway-2' })), 'wrong_audience: audience');
    assert.equal(await outcome(token({ aud: [] })), 'wrong_audience: audience');
  });

  it('RFC 7519 4.1.4, 4.1.5: expired and not yet valid, both within the leeway', async () => {
    assert.equal(await outcome(token({ exp: NOW_SECONDS - 4 })), 'accepted');
    assert.equal(await outcome(token({ exp: NOW_SECONDS - 5 })), 'expired: expired');
    assert.equal(await outcome(token({ nbf: NOW_SECONDS + 5 })), 'accepted');
    assert.equal(await outcome(token({ nbf: NOW_SECONDS + 6 })), 'invalid_token: not_yet');
  });

  it('another audience is told before an end, so that nobody renews what is not for us', async () => {
    assert.equal(await outcome(token({ aud: 'other', exp: 0 })), 'wrong_audience: audience');
  });

  it('RFC 9068 2.2: claims that must be there, and their types', async () => {
    for (const claim of ['iss', 'aud', 'exp', 'iat']) {
      assert.equal(await outcome(token({ [claim]: undefined })), 'invalid_token: claims', claim);
    }
    for (const claim of ['exp', 'iat', 'nbf']) {
      assert.equal(await outcome(token({ [claim]: 'soon' })), 'invalid_token: claims', claim);
    }
  });

  it('RFC 4648 3.5: one token has one text, for it is revoked by the hash of its text', async () => {
    const presented = await token();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const idleBits = alphabet[alphabet.indexOf(presented.at(-1) ?? '') | 1];
    assert.equal(await outcome(presented.slice(0, -1) + idleBits), 'invalid_token: malformed');
  });

  it('takes one form of an ES256 signature, where the issuer writes no other', async () => {
    const presented = await token();
    const at = presented.lastIndexOf('.') + 1;
    const signature = Buffer.from(presented.slice(at), 'base64url');
    const lower = toLowerForm(signature);
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    const upper = (order - BigInt(`0x${lower.toString('hex', 32)}`)).toString(16);
    const spelled = (form: Buffer) => presented.slice(0, at) + form.toString('base64url');
    const twin = spelled(Buffer.concat([lower.subarray(0, 32), Buffer.from(upper, 'hex')]));
    assert.deepEqual(toLowerForm(Buffer.from(twin.slice(at), 'base64url')), lower);
    assert.equal(await outcome(spelled(lower), { lowerForm: true }), 'accepted');
    assert.equal(await outcome(twin, { lowerForm: true }), 'invalid_token: malformed');
    assert.equal(await outcome(twin), 'accepted', 'other issuers write both');
  });

  it('a refusal shows nothing of the token', async () => {
    const presented = await token({ aud: 'other' });
    const verdict = await verifyJwt(presented, expected);
    assert.deepEqual(Object.keys(verdict).sort(), ['detail', 'hint', 'ok', 'reason']);
    assert.ok(!JSON.stringify(verdict).includes('thermostat'));
  });
});

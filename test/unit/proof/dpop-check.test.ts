import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { checkDpop, type DeviceKey, generateDeviceKey, makeDpopProof } from '../../../lib/proof/index.ts';
import { craftProof, encoded, invalid, NOW_MS, refusalOf, requestCheck, TOKEN, twoKeys } from './crafted-proof.ts';

describe('RFC 9449 4.3: the numbered checks', () => {
  let thermostat: DeviceKey;
  let lamp: DeviceKey;
  const verdict = (proof: string, changes = {}) => refusalOf(checkDpop([proof], requestCheck(changes)));

  before(async () => {
    const keys = await twoKeys();
    thermostat = keys.es256;
    lamp = keys.ed25519;
  });

  it('accepts what makeDpopProof makes, by ES256 and by Ed25519', () => {
    for (const key of [thermostat, lamp]) {
      const proof = makeDpopProof({
        key,
        method: 'POST',
        url: 'http://127.0.0.1:1880/dishwasher/start?x=1#top',
        accessToken: TOKEN,
        nowMs: NOW_MS,
      });
      const accepted = checkDpop([proof], requestCheck({ expectedThumbprints: ['another', key.thumbprint] }));
      assert.ok(accepted.ok);
      assert.equal(accepted.thumbprint, key.thumbprint);
      assert.ok(accepted.jti.length > 20);
      assert.equal(accepted.commit(), true);
    }
  });

  it('RFC 9864: takes Ed25519 as the name of the algorithm too', () => {
    assert.equal(verdict(craftProof(lamp, { header: { alg: 'Ed25519' } })), 'accepted');
  });

  describe('onlyOneHeader', () => {
    it('check 1: two DPoP headers are a malformed request, whichever of them is good', () => {
      const two = [craftProof(thermostat), craftProof(thermostat)];
      const refused = { reason: 'malformed_request', detail: 'header_count' };
      assert.deepEqual(refusalOf(checkDpop(two, requestCheck())), refused);
      assert.deepEqual(verdict(two.join(', ')), refused, 'joined by Node');
    });

    it('check 1: none, or an empty one, is a missing proof', () => {
      const missing = { reason: 'proof_missing', detail: 'missing' };
      assert.deepEqual(refusalOf(checkDpop([], requestCheck())), missing);
      assert.deepEqual(verdict('  '), missing);
    });
  });

  it('wellFormed, check 2: what is not one well-formed JWT is refused', () => {
    const [header, claims] = craftProof(thermostat).split('.');
    for (const proof of [
      'garbage',
      'a.b.c',
      `${header}.${claims}`,
      `${header}.${claims}.`,
      `${craftProof(lamp)}.more`,
    ]) {
      assert.deepEqual(verdict(proof), invalid('malformed'), proof);
    }
  });

  it('wellFormed, check 2 (RFC 7515 4.1.11): a header with crit is refused', () => {
    assert.deepEqual(verdict(craftProof(thermostat, { header: { crit: ['b64'], b64: false } })), invalid('crit'));
    assert.deepEqual(verdict(craftProof(thermostat, { header: { crit: [] } })), invalid('crit'));
  });

  describe('requiredClaims', () => {
    const wrong: Record<string, unknown[]> = {
      jti: [undefined, '', 7, null, {}],
      htm: [undefined, '', ['POST']],
      htu: [undefined, '', 5],
      iat: [undefined, '1700000000', null, true],
      nonce: [3, null, ['n']],
      ath: [3, null, {}],
    };
    for (const [claim, values] of Object.entries(wrong)) {
      it(`check 3: ${claim} must be there and be what RFC 9449 4.2 says`, () => {
        for (const value of values) {
          if (value === undefined && (claim === 'nonce' || claim === 'ath')) continue;
          const refused = checkDpop([craftProof(thermostat, { claims: { [claim]: value } })], requestCheck());
          assert.deepEqual(refusalOf(refused), invalid('claims'));
          assert.deepEqual(!refused.ok && refused.hint, { key: 'hint.proof_claims', values: { claim } });
        }
      });
    }

    it('check 3: an iat too great for a number is no number', () => {
      const [, , signature] = craftProof(thermostat).split('.');
      const header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: thermostat.publicJwk });
      const claims = Buffer.from('{"jti":"j","htm":"POST","htu":"http://127.0.0.1:1880/","iat":1e999}');
      assert.deepEqual(verdict(`${header}.${claims.toString('base64url')}.${signature}`), invalid('claims'));
    });
  });

  it('typIsDpop, check 4: another JWT of the same key is no proof', () => {
    for (const typ of ['JWT', 'at+jwt', 'DPOP+JWT', '', undefined, 1]) {
      assert.deepEqual(verdict(craftProof(thermostat, { header: { typ } })), invalid('typ'));
    }
  });

  describe('algorithmIsOurs', () => {
    it('check 5: alg none is refused, with and without a signature', () => {
      assert.deepEqual(verdict(craftProof(thermostat, { header: { alg: 'none' } })), invalid('alg'));
      const unsigned = craftProof(thermostat, { header: { alg: 'none' }, signature: '' });
      assert.deepEqual(verdict(unsigned), invalid('malformed'));
    });

    it('check 5: HS256 made with the public key is refused, even where the settings allow HS256 by mistake', () => {
      const header = { typ: 'dpop+jwt', alg: 'HS256', jwk: thermostat.publicJwk };
      const [, claims] = craftProof(thermostat).split('.');
      const input = `${encoded(header)}.${claims}`;
      const pem = createPublicKey({ key: thermostat.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      const proof = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
      assert.deepEqual(verdict(proof), invalid('alg'));
      assert.deepEqual(verdict(proof, { algorithms: ['HS256', 'none', 'ES256'] }), invalid('alg'));
    });

    it('check 5: only what the settings allow, whatever else could be verified', () => {
      assert.deepEqual(verdict(craftProof(lamp), { algorithms: ['ES256'] }), invalid('alg'));
      assert.deepEqual(verdict(craftProof(thermostat), { algorithms: ['EdDSA'] }), invalid('alg'));
      assert.deepEqual(verdict(craftProof(thermostat), { algorithms: [] }), invalid('alg'));
      for (const alg of [undefined, 256, ['ES256'], 'es256', 'RS256', 'toString']) {
        assert.deepEqual(verdict(craftProof(thermostat, { header: { alg } })), invalid('alg'));
      }
    });
  });

  describe('signatureVerifies', () => {
    it('check 6: a signature by another key, or over something else, is refused', async () => {
      const other = await generateDeviceKey('ES256');
      assert.deepEqual(verdict(craftProof(other, { header: { jwk: thermostat.publicJwk } })), invalid('signature'));
      const [, , signature = ''] = craftProof(lamp).split('.');
      assert.deepEqual(verdict(craftProof(lamp, { signature })), invalid('signature'));
    });

    it('check 6: signatures of zero, or of another length, or in DER are refused', () => {
      for (const bytes of [0, 63, 65, 64, 70]) {
        const signature = Buffer.alloc(Math.max(bytes, 1)).toString('base64url');
        assert.deepEqual(verdict(craftProof(thermostat, { signature })), invalid('signature'));
        assert.deepEqual(verdict(craftProof(lamp, { signature })), invalid('signature'));
      }
    });

    it('check 6: the key must fit the algorithm', () => {
      const jwks = [lamp.publicJwk, undefined, null, 'x', []];
      const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
      for (const jwk of [...jwks, rsa]) {
        assert.deepEqual(verdict(craftProof(thermostat, { header: { jwk } })), invalid('jwk'));
      }
      assert.deepEqual(verdict(craftProof(lamp, { header: { jwk: thermostat.publicJwk } })), invalid('jwk'));
    });

    it('check 6: a point that is not on the curve is refused', () => {
      const jwk = { ...thermostat.publicJwk, x: Buffer.alloc(32, 7).toString('base64url') };
      assert.deepEqual(verdict(craftProof(thermostat, { header: { jwk } })), invalid('jwk'));
    });

    it('check 6: a key is remembered only once it has verified something', () => {
      const check = requestCheck();
      checkDpop([craftProof(thermostat, { signature: 'A'.repeat(86) })], check);
      assert.equal(check.keys.size(), 0);
      checkDpop([craftProof(thermostat)], check);
      assert.equal(check.keys.size(), 1);
      assert.ok(checkDpop([craftProof(thermostat)], check).ok, 'and then used');
      const forged = checkDpop([craftProof(thermostat, { signature: 'A'.repeat(86) })], check);
      assert.deepEqual(refusalOf(forged), invalid('signature'), 'and still verifies');
    });
  });

  it('keyIsPublic, check 7: a proof that carries a private key is refused', () => {
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
      const jwk = { ...thermostat.publicJwk, [member]: 'AQAB' };
      assert.deepEqual(verdict(craftProof(thermostat, { header: { jwk } })), invalid('jwk_private'), member);
    }
  });

  it('methodFits, check 8: htm is the method of the request, to the letter', () => {
    for (const htm of ['GET', 'post', 'POST ']) {
      assert.deepEqual(verdict(craftProof(thermostat, { claims: { htm } })), invalid('htm'));
    }
  });

  describe('urlFits', () => {
    const withUrl = (htu: string, changes = {}) => verdict(craftProof(thermostat, { claims: { htu } }), changes);

    it('check 9: query and fragment are ignored on both sides', () => {
      assert.equal(withUrl('http://127.0.0.1:1880/dishwasher/start?other=1#f'), 'accepted');
    });

    it('check 9: compared after normalisation (RFC 3986 6.2.2, 6.2.3)', () => {
      assert.equal(withUrl('HTTP://LOCALHOST:1880/dish%77asher/start'), 'accepted');
      assert.equal(withUrl('http://127.0.0.1:1880/x/../dishwasher/./start'), 'accepted');
      const standardPort = { addresses: ['https://Home.Example:443/'] };
      assert.equal(withUrl('https://home.example/dishwasher/start', standardPort), 'accepted');
      assert.equal(withUrl('http://127.0.0.1:1880/a%2Fb', { target: '/a%2fb' }), 'accepted');
    });

    it('check 9: another path is refused', () => {
      for (const path of ['', '/', '/dishwasher', '/dishwasher/start/', '/Dishwasher/start', '//dishwasher/start']) {
        assert.deepEqual(withUrl(`http://127.0.0.1:1880${path}`), invalid('htu'), path);
      }
      assert.deepEqual(withUrl('http://127.0.0.1:1880/a/b', { target: '/a%2Fb' }), invalid('htu'));
    });

    it('check 9: a received path with dot segments fits no proof, however it is spelled', () => {
      for (const target of ['/a/../dishwasher/start', '/a/%2E%2e/dishwasher/start', '/./dishwasher/start']) {
        assert.deepEqual(withUrl('http://127.0.0.1:1880/dishwasher/start', { target }), invalid('htu'), target);
        assert.deepEqual(withUrl(`http://127.0.0.1:1880${target}`, { target }), invalid('htu'), target);
      }
    });

    it('check 9: an htu that is no http URL, or holds credentials, is refused', () => {
      const path = '/dishwasher/start';
      for (const htu of [path, `ftp://127.0.0.1:1880${path}`, `http://a:b@127.0.0.1:1880${path}`, `http:${path}`]) {
        assert.deepEqual(withUrl(htu), invalid('htu'), htu);
      }
    });

    it('check 9: where only the origin differs, the hint names both sides', () => {
      const proof = craftProof(thermostat, { claims: { htu: 'https://home.example/dishwasher/start' } });
      const refused = checkDpop([proof], requestCheck());
      assert.deepEqual(refusalOf(refused), invalid('wrong_address'));
      assert.deepEqual(!refused.ok && refused.hint.values, {
        claimed: 'https://home.example',
        configured: 'http://localhost:1880, http://127.0.0.1:1880',
      });
    });

    it('check 9: an address that is no origin is never matched as a prefix', () => {
      const prefix = { addresses: ['http://127.0.0.1:1880/dishwasher'], target: '/start' };
      assert.deepEqual(withUrl('http://127.0.0.1:1880/dishwasher/start', prefix), invalid('htu'));
      assert.deepEqual(
        withUrl('http://127.0.0.1:1880/start', { ...prefix, addresses: ['nonsense'] }),
        invalid('wrong_address'),
      );
    });
  });

  it('tokenFits, check 12a: ath is the hash of the very token beside it', () => {
    for (const ath of [undefined, '', 'AAAA', TOKEN, encoded(TOKEN)]) {
      assert.deepEqual(verdict(craftProof(thermostat, { claims: { ath } })), invalid('ath'));
    }
    assert.deepEqual(verdict(craftProof(thermostat), { accessToken: 'another.token' }), invalid('ath'));
    const noToken = { accessToken: undefined };
    assert.equal(verdict(craftProof(thermostat, { claims: { ath: undefined } }), noToken), 'accepted');
  });

  describe('keyIsExpected', () => {
    it('check 12b: a valid proof by a key that the token is not for is a wrong key, and says whose', () => {
      const refused = checkDpop([craftProof(lamp)], requestCheck({ expectedThumbprints: [thermostat.thumbprint] }));
      assert.deepEqual(refusalOf(refused), { reason: 'wrong_key', detail: 'key' });
      assert.equal(!refused.ok && refused.thumbprint, lamp.thumbprint);
      assert.deepEqual(verdict(craftProof(lamp), { expectedThumbprints: [] }), { reason: 'wrong_key', detail: 'key' });
    });

    it('check 12b: nobody is called a wrong key on an unproved word', () => {
      const forged = craftProof(lamp, { signature: 'A'.repeat(86) });
      assert.deepEqual(verdict(forged, { expectedThumbprints: [thermostat.thumbprint] }), invalid('signature'));
    });
  });
});

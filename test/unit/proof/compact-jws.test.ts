import assert from 'node:assert/strict';
import { MAX_PROOF_LENGTH, parseCompactJws } from '../../../lib/proof/compact-jws.ts';
import { checkDpop, type DeviceKey, generateDeviceKey } from '../../../lib/proof/index.ts';
import { craftProof, encoded, refusalOf, requestCheck } from './crafted-proof.ts';

/** A generator of numbers below 1 that gives the same ones in every run (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe('parseCompactJws', () => {
  let key: DeviceKey;
  before(async () => {
    key = await generateDeviceKey('ES256');
  });

  it('RFC 7515 7.1: takes three parts apart and leaves the signing input as it came', () => {
    const proof = craftProof(key);
    const parsed = parseCompactJws(proof);
    assert.ok(parsed);
    assert.equal(parsed.header.typ, 'dpop+jwt');
    assert.equal(parsed.claims.htm, 'POST');
    assert.equal(`${parsed.signingInput}.${parsed.signature.toString('base64url')}`, proof);
  });

  it('refuses parts that are not base64url of a JSON object in UTF-8', () => {
    const good = encoded({ a: 1 });
    const raw = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');
    const bad = [
      encoded([1]),
      encoded('text'),
      encoded(5),
      encoded(null),
      encoded(true),
      raw(''),
      raw('{'),
      raw('{} {}'),
      raw('{"a":01}'),
      raw('\uFEFF{}'),
      raw(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
      raw('{"a":"\\ud8"}'),
      `${good}=`,
      `${good}A`.slice(0, 9),
      'e30+',
      'e3/0',
      'e30 ',
      'e',
      '{}',
      'é',
    ];
    assert.ok(parseCompactJws(`${good}.${good}.AAAA`));
    for (const part of bad) {
      assert.equal(parseCompactJws(`${part}.${good}.AAAA`), undefined, part);
      assert.equal(parseCompactJws(`${good}.${part}.AAAA`), undefined, part);
    }
    for (const signature of ['', 'A', 'AAAAA', 'A=', 'A A', 'é']) {
      assert.equal(parseCompactJws(`${good}.${good}.${signature}`), undefined, signature);
    }
  });

  it('refuses other numbers of parts', () => {
    const good = encoded({});
    for (const text of ['', '.', '..', '...', good, `${good}.${good}`, `${good}.${good}.A.A`, `.${good}.AAAA`]) {
      assert.equal(parseCompactJws(text), undefined, text);
    }
  });

  it('refuses a line end behind a good proof', () => {
    assert.equal(parseCompactJws(`${craftProof(key)}\n`), undefined);
  });

  it('reads up to its limit and not a character more', () => {
    const head = `${encoded({})}.${encoded({})}.`;
    assert.ok(parseCompactJws(head + 'A'.repeat(MAX_PROOF_LENGTH - head.length)));
    assert.equal(parseCompactJws(head + 'A'.repeat(MAX_PROOF_LENGTH - head.length + 4)), undefined);
    assert.equal(parseCompactJws('A'.repeat(50_000_000)), undefined);
  });

  it('gives nobody a member that was not written', () => {
    const sneaky = Buffer.from('{"__proto__":{"typ":"dpop+jwt"}}').toString('base64url');
    assert.equal(parseCompactJws(`${sneaky}.${sneaky}.AAAA`)?.header.typ, undefined);
  });

  it('survives JSON nested as deep as fits', () => {
    const deep = `{"a":${'['.repeat(2500)}${']'.repeat(2500)}}`;
    const part = Buffer.from(deep).toString('base64url');
    assert.ok(parseCompactJws(`${encoded({})}.${part}.AAAA`));
  });
});

describe('whatever is sent instead of a proof', () => {
  let key: DeviceKey;
  before(async () => {
    key = await generateDeviceKey('EdDSA');
  });
  const verdict = (proof: string) => refusalOf(checkDpop([proof], requestCheck()));

  it('a good proof cut off anywhere is refused', () => {
    const proof = craftProof(key);
    for (let length = 0; length < proof.length; length += 1) {
      assert.notEqual(verdict(proof.slice(0, length)), 'accepted', `${length} characters`);
    }
  });

  it('a good proof with any one character changed is refused', () => {
    const proof = craftProof(key);
    const random = seeded(7);
    for (let position = 0; position < proof.length; position += 1) {
      const other = String.fromCharCode(33 + Math.floor(random() * 94));
      const changed = proof.slice(0, position) + other + proof.slice(position + 1);
      const sameBytes = Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
        Buffer.from(proof.split('.')[2] ?? '', 'base64url'),
      );
      if (changed === proof || (position === proof.length - 1 && sameBytes)) continue;
      assert.notEqual(verdict(changed), 'accepted', `character ${position} as ${other}`);
    }
  });

  it('noise of every kind is refused, and nothing is thrown', () => {
    const random = seeded(42);
    const alphabets = ['.', 'eyJ.AB_-', '{}[]":,.\\', '\0\n\r\t ', 'äß漢字😀\u202e\ud800', 'abc,='];
    for (let round = 0; round < 3000; round += 1) {
      const alphabet = alphabets[round % alphabets.length] ?? '.';
      const length = Math.floor(random() * 200);
      const noise = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
      assert.notEqual(verdict(noise), 'accepted');
    }
  });

  it('well-formed parts with members of every kind are refused, and nothing is thrown', () => {
    const random = seeded(99);
    const values: unknown[] = [
      null,
      true,
      0,
      -1,
      1e308,
      '',
      'dpop+jwt',
      'ES256',
      [],
      {},
      [[]],
      { kty: 'EC' },
      key.publicJwk,
      '😀',
    ];
    const pick = (): unknown => values[Math.floor(random() * values.length)];
    for (let round = 0; round < 3000; round += 1) {
      const proof = craftProof(key, {
        header: { [['typ', 'alg', 'jwk', 'crit'][round % 4] ?? 'typ']: pick() },
        claims: { [['jti', 'htm', 'htu', 'iat', 'ath', 'nonce'][round % 6] ?? 'jti']: pick() },
        signature: 'A'.repeat(86),
      });
      assert.notEqual(verdict(proof), 'accepted');
    }
  });
});

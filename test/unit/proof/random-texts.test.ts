/** What strangers send as keys, proofs and addresses, at random: read or refused, never stumbled over. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCompactJws } from '../../../lib/proof/compact-jws.ts';
import { readHttpUri, readReceivedPath } from '../../../lib/proof/http-target.ts';
import { hasOneSpelling, toLowerForm } from '../../../lib/proof/one-spelling.ts';
import { readPublicKey } from '../../../lib/proof/public-key.ts';
import { fuzz, oddTexts, pollution, watchPrototypes } from '../../support/fuzz.ts';

const runs = 2_000;
const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>(...oddTexts, JSON.parse(pollution)));
const coded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bytes = (length: object) => fc.uint8Array(length).map((array) => Buffer.from(array));

describe('compact JWS, at random', () => {
  const part = fc.oneof(
    json.map(coded),
    bytes({ maxLength: 20 }).map((some) => some.toString('base64url')),
    fc.string({ maxLength: 10 }),
    fc.constantFrom('', '=', 'e30', 'W10', 'bnVsbA', 'A'),
  );

  it('RFC 7515 7.1: is taken apart or refused, whatever it is', () => {
    const unchanged = watchPrototypes();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('.', '..', ''), (parts, between) => {
        const read = parseCompactJws(parts.join(between));
        unchanged();
        if (read === undefined) return;
        for (const each of [read.header, read.claims]) assert.ok(typeof each === 'object' && !Array.isArray(each));
        assert.ok(read.signature.length > 0);
      }),
      fuzz(runs),
    );
  });

  it('RFC 7515 3.1: header, claims and signature come back as they were', () => {
    const object = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))
      .map((made) => JSON.parse(JSON.stringify(made)));
    fc.assert(
      fc.property(object, object, bytes({ minLength: 1, maxLength: 64 }), (header, claims, signature) => {
        const input = `${coded(header)}.${coded(claims)}`;
        const text = `${input}.${signature.toString('base64url')}`;
        fc.pre(text.length <= 8192);
        const read = { headerText: coded(header), header, claims, signingInput: Buffer.from(input), signature };
        assert.deepEqual(parseCompactJws(text), read);
      }),
      fuzz(300),
    );
  });

  it('RFC 4648 3.5: of all texts of one signature, exactly one is accepted', () => {
    fc.assert(
      fc.property(bytes({ minLength: 64, maxLength: 64 }), fc.nat(63), (signature, other) => {
        const lower = toLowerForm(signature);
        const text = lower.toString('base64url');
        assert.ok(hasOneSpelling(`e30.e30.${text}`, true));
        assert.deepEqual(toLowerForm(lower), lower);
        if (!lower.equals(signature)) assert.ok(!hasOneSpelling(`e30.e30.${signature.toString('base64url')}`, true));
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const changed = text.slice(0, -1) + alphabet[other];
        const same = Buffer.from(changed, 'base64url').equals(lower);
        if (same && changed !== text) assert.ok(!hasOneSpelling(`e30.e30.${changed}`, true));
      }),
      fuzz(runs),
    );
  });

  it('whatever stands where a signature should does no harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, lower) => void hasOneSpelling(text, lower)),
      fuzz(runs),
    );
  });
});

describe('public keys, at random', () => {
  it('are read or refused, and change no prototype', () => {
    const unchanged = watchPrototypes();
    const member = fc.oneof(json, fc.constantFrom('EC', 'OKP', 'oct', 'P-256', 'Ed25519', 'A'.repeat(43)));
    const jwk = fc.record(
      { kty: member, crv: member, x: member, y: member, d: member, k: member },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(jwk, json), (value) => {
        const reading = readPublicKey(value);
        unchanged();
        assert.ok(reading.ok || typeof reading.fault === 'string');
      }),
      fuzz(runs),
    );
  });
});

describe('addresses of requests, at random', () => {
  const text = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...oddTexts),
    fc
      .array(
        fc.constantFrom(
          'http://',
          'a',
          '/',
          '..',
          '%2e',
          '%2E',
          '.',
          '?',
          '#',
          '@',
          ':',
          '%',
          '%41',
          '%zz',
          '\\',
          '[::1]',
          '%C3%A9',
        ),
        {
          maxLength: 8,
        },
      )
      .map((pieces) => pieces.join('')),
  );

  it('RFC 3986 6.2.2: are read or refused; what was read has one spelling', () => {
    fc.assert(
      fc.property(text, (uri) => {
        readReceivedPath(uri);
        const read = readHttpUri(uri);
        if (read === undefined || /%(?![0-9a-f]{2})/i.test(uri)) return;
        assert.deepEqual(readHttpUri(read.origin + read.path), read);
        const path = readReceivedPath(read.path);
        if (path !== undefined) assert.equal(path, read.path, 'as `htu` and as received');
      }),
      fuzz(runs),
    );
  });
});

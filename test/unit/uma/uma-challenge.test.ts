import assert from 'node:assert/strict';
import {
  formatUmaChallenge,
  InvalidChallengeError,
  readUmaChallenges,
  SERVER_UNREACHABLE_WARNING,
} from '../../../lib/uma/index.ts';

const CHALLENGE = { realm: 'example', asUri: 'https://as.example.com', ticket: '016f84e8-f9b9-11e0-bd6f-0021cc6004de' };

describe('uma: the UMA challenge', () => {
  it('G 3.2.1: is written with realm, as_uri and ticket', () => {
    assert.equal(
      formatUmaChallenge(CHALLENGE),
      'UMA realm="example", as_uri="https://as.example.com", ticket="016f84e8-f9b9-11e0-bd6f-0021cc6004de"',
    );
  });

  it('G 3.2.1: what is written is read again, with a realm and without', () => {
    const { realm: _, ...bare } = CHALLENGE;
    assert.deepEqual(readUmaChallenges(formatUmaChallenge(CHALLENGE)), [CHALLENGE]);
    assert.deepEqual(readUmaChallenges(formatUmaChallenge(bare)), [bare]);
    assert.deepEqual(readUmaChallenges('UMA realm="", as_uri=a, ticket=b'), [{ realm: '', asUri: 'a', ticket: 'b' }]);
  });

  it('RFC 9449 7.1: is found beside a DPoP challenge, before it or behind it', () => {
    const uma = formatUmaChallenge(CHALLENGE);
    const dpop = 'DPoP error="use_dpop_nonce", algs="ES256 EdDSA"';
    assert.deepEqual(readUmaChallenges(`${uma}, ${dpop}`), [CHALLENGE]);
    assert.deepEqual(readUmaChallenges(`${dpop}, ${uma}`), [CHALLENGE]);
  });

  it('G 3.2: more than one server may be offered', () => {
    const other = { asUri: 'https://other.example', ticket: 't2' };
    assert.deepEqual(readUmaChallenges(`${formatUmaChallenge(CHALLENGE)}, ${formatUmaChallenge(other)}`), [
      CHALLENGE,
      other,
    ]);
  });

  it('a header of other schemes only has none', () => {
    assert.deepEqual(readUmaChallenges('Bearer realm="x"'), []);
    assert.deepEqual(readUmaChallenges(''), []);
  });

  it('G 3.2.1: as_uri and ticket are required', () => {
    for (const header of [
      'UMA',
      'UMA realm="a"',
      'UMA as_uri="https://a"',
      'UMA ticket="b"',
      'UMA as_uri="", ticket="b"',
    ]) {
      assert.throws(() => readUmaChallenges(header), InvalidChallengeError);
    }
  });

  it('G 3.2.2: the warning is the one the specification names', () => {
    assert.equal(SERVER_UNREACHABLE_WARNING, '199 - "UMA Authorization Server Unreachable"');
  });
});

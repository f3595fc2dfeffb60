import assert from 'node:assert/strict';
import {
  formatChallenge,
  InvalidArgumentError,
  InvalidChallengeError,
  parseChallenges,
} from '../../../lib/uma/index.ts';

/** Challenges as plain objects, to compare. */
function plain(header: string): unknown[] {
  return parseChallenges(header).map(({ parameters, ...rest }) => ({ ...rest, ...Object.fromEntries(parameters) }));
}

function refused(header: string): void {
  assert.throws(() => parseChallenges(header), InvalidChallengeError);
}

describe('uma: WWW-Authenticate, read', () => {
  it('RFC 9110 11.6.1: reads a challenge with parameters', () => {
    assert.deepEqual(plain('Newauth realm="apps", type=1'), [{ scheme: 'newauth', realm: 'apps', type: '1' }]);
  });

  it('RFC 9110 11.6.1: reads several challenges of one header, whose commas look like those of parameters', () => {
    assert.deepEqual(plain('Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"'), [
      { scheme: 'newauth', realm: 'apps', type: '1', title: 'Login to "apps"' },
      { scheme: 'basic', realm: 'simple' },
    ]);
  });

  it('RFC 9110 11.6.1: reads schemes without parameters, first, between and last', () => {
    assert.deepEqual(plain('Negotiate, DPoP algs="ES256", NTLM'), [
      { scheme: 'negotiate' },
      { scheme: 'dpop', algs: 'ES256' },
      { scheme: 'ntlm' },
    ]);
    assert.deepEqual(plain('Negotiate ,NTLM '), [{ scheme: 'negotiate' }, { scheme: 'ntlm' }]);
  });

  it('RFC 9110 11.2: reads a token68, with padding and without', () => {
    assert.deepEqual(plain('Negotiate oYG2/+-._~==, Basic realm="x"'), [
      { scheme: 'negotiate', token68: 'oYG2/+-._~==' },
      { scheme: 'basic', realm: 'x' },
    ]);
    assert.deepEqual(plain('Other abc'), [{ scheme: 'other', token68: 'abc' }]);
    assert.deepEqual(plain('Other a='), [{ scheme: 'other', token68: 'a=' }]);
  });

  it('RFC 9110 11.2: allows spaces around the equals sign, and tabs', () => {
    assert.deepEqual(plain('DPoP\talgs = "ES256" , error\t=\tuse_dpop_nonce'), [
      { scheme: 'dpop', algs: 'ES256', error: 'use_dpop_nonce' },
    ]);
  });

  it('RFC 9110 5.6.1.2: passes over empty list elements', () => {
    assert.deepEqual(plain(' , ,DPoP error=x,, ,algs=y,,Bearer,'), [
      { scheme: 'dpop', error: 'x', algs: 'y' },
      { scheme: 'bearer' },
    ]);
  });

  it('RFC 9110 5.6.4: undoes escapes, and takes commas, equals signs and schemes inside quotes as text', () => {
    assert.deepEqual(plain('UMA realm="a, DPoP error=\\"x\\\\\\y\\"", ticket=t'), [
      { scheme: 'uma', realm: 'a, DPoP error="x\\y"', ticket: 't' },
    ]);
    assert.deepEqual(plain('UMA realm=""'), [{ scheme: 'uma', realm: '' }]);
  });

  it('RFC 9110 11.1, 11.2: schemes and names are case-insensitive, values are not', () => {
    assert.deepEqual(plain('uMa TICKET=AbC'), [{ scheme: 'uma', ticket: 'AbC' }]);
  });

  it('RFC 9110 11.2: refuses a parameter given twice, in whatever case', () => {
    refused('UMA ticket="a", Ticket="b"');
  });

  it('a parameter named like a member of every object is only a parameter', () => {
    assert.equal(parseChallenges('UMA __proto__=a, constructor=b')[0]?.parameters.get('__proto__'), 'a');
  });

  it('an empty header holds no challenge', () => {
    assert.deepEqual(parseChallenges(''), []);
    assert.deepEqual(parseChallenges(' , '), []);
  });

  for (const header of [
    'UMA realm="open',
    'UMA realm="open\\',
    'UMA realm=, a=b',
    'UMA a=b, realm=',
    'UMA realm="a" ticket="b"',
    'UMA realm="a"; ticket="b"',
    'UMA realm="a\u0000b"',
    'UMA realm="a\r\nSet-Cookie: x"',
    'UMA realm="\u20ac"',
    'UMA =x',
    'UMA realm=a b',
    'Negotiate NTLM x=y',
    '"UMA" realm=a',
    'UMA"x"',
    'UMA a==b',
    '=',
  ]) {
    it(`RFC 9110 11.6.1: refuses ${JSON.stringify(header)}`, () => refused(header));
  }

  it('refuses a header longer than any server sends', () => {
    refused(`UMA realm="${'a'.repeat(8192)}"`);
  });

  it('refuses what would make a careless pattern slow', () => {
    for (const part of [' ', ',', 'a', 'a=', 'a ', 'a ,', '\\"', '" ', ', a', '"a=\\']) {
      const header = `UMA ${part.repeat(Math.floor(8000 / part.length))}\u0000`;
      refused(header);
    }
  });

  it('names a position in its message, and nothing of the header', () => {
    assert.throws(
      () => parseChallenges('UMA ticket="secret'),
      (error: Error) => !/secret/.test(error.message + error.stack),
    );
  });
});

describe('uma: WWW-Authenticate, written', () => {
  it('RFC 9110 11.6.1: writes quoted values, and leaves out those that are missing', () => {
    const parameters = { error: 'use_dpop_nonce', realm: undefined, algs: 'ES256 EdDSA' };
    assert.equal(formatChallenge('DPoP', parameters), 'DPoP error="use_dpop_nonce", algs="ES256 EdDSA"');
    assert.equal(formatChallenge('DPoP'), 'DPoP');
  });

  it('RFC 9110 5.6.4: escapes so that reading gives the same again', () => {
    for (const value of ['', '"', '\\', '\\"', 'a\\', ', b="c', 'Küche', '\t ~', '='.repeat(9)]) {
      assert.deepEqual(plain(`${formatChallenge('UMA', { value, next: 'x' })}, DPoP`), [
        { scheme: 'uma', value, next: 'x' },
        { scheme: 'dpop' },
      ]);
    }
  });

  it('refuses what would break out of the header', () => {
    for (const value of ['a\r\nb', 'a\u0000', '\u007f', '€']) {
      assert.throws(() => formatChallenge('UMA', { realm: value }), InvalidArgumentError);
    }
    assert.throws(() => formatChallenge('U MA'), InvalidArgumentError);
    assert.throws(() => formatChallenge('UMA', { 'a b': 'c' }), InvalidArgumentError);
  });
});

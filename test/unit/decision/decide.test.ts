import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Decision, Presented, Requirement } from '../../../lib/decision/decision.ts';
import type { RptFacts } from '../../../lib/uma/rpt.ts';
import { type Home, hashOf, ISSUER, makeHome, makeServerKey, presented, requirement } from './small-home.ts';

describe('decide: whether a message may pass', () => {
  let home: Home;
  beforeEach(async () => {
    home = await makeHome();
  });

  async function outcome(message: Presented, wish: Requirement = requirement()): Promise<string> {
    let passed = 0;
    const decision = await home.decide(message, wish, () => {
      passed += 1;
    });
    assert.equal(passed, decision.allowed ? 1 : 0, 'a message leaves exactly when it is allowed');
    return decision.allowed ? 'allowed' : decision.reason;
  }
  async function shown(rpt: string, wish: Requirement = requirement(), changes: Partial<Presented> = {}) {
    return outcome(presented(rpt, home.proof(rpt), changes), wish);
  }

  it('lets a shared device with its own key pass, with facts and share', async () => {
    const rpt = await home.rpt();
    const seen: [RptFacts, string | undefined][] = [];
    const decision = await home.decide(presented(rpt, home.proof(rpt)), requirement(), (...given) => seen.push(given));
    assert.ok(decision.allowed);
    assert.equal(decision.share, 'share-1');
    assert.equal(decision.facts.device, 'thermostat');
    assert.deepEqual(seen, [[decision.facts, 'share-1']]);
    assert.ok(decision.tookMs >= 0);
  });

  it('lets a token without a named share pass and names none', async () => {
    const rpt = await home.rpt({ permissions: [{ resource_id: 'dishwasher', resource_scopes: ['start'] }] });
    const decision = await home.decide(presented(rpt, home.proof(rpt)), requirement(), () => {});
    assert.ok(decision.allowed);
    assert.ok(!('share' in decision));
  });

  it('lets the next message with the same token and a fresh proof pass', async () => {
    const rpt = await home.rpt();
    assert.equal(await shown(rpt), 'allowed');
    assert.equal(await shown(rpt), 'allowed');
  });

  describe('what was sent', () => {
    const cases: [string, Partial<Presented>, string][] = [
      ['no Authorization', { authorization: [] }, 'no_token'],
      ['a scheme that is not ours', { authorization: ['Basic dXNlcjpwYXNz'] }, 'no_token'],
      ['a scheme without a token', { authorization: ['DPoP '] }, 'no_token'],
      ['garbage as a token', { authorization: ['DPoP no.token.at-all'] }, 'invalid_token'],
      ['characters no token has', { authorization: ['DPoP "quoted"'] }, 'invalid_token'],
      ['more than any token', { authorization: [`DPoP ${'a'.repeat(20_000)}`] }, 'invalid_token'],
      ['two Authorization headers', { authorization: ['DPoP a', 'DPoP b'] }, 'malformed_request'],
      ['two Authorization headers, joined', { authorization: ['DPoP a, DPoP b'] }, 'malformed_request'],
      ['two DPoP headers', { dpop: ['a', 'b'] }, 'malformed_request'],
    ];
    for (const [name, changes, expected] of cases) {
      it(`refuses ${name} as ${expected}`, async () => {
        assert.equal(await outcome(presented('a.b.c', 'd.e.f', changes)), expected);
      });
    }

    it('RFC 9449 4.3, check 1: refuses two proofs that a proxy joined, even with a good token', async () => {
      const rpt = await home.rpt();
      assert.equal(await shown(rpt, requirement(), { dpop: ['a.b.c, d.e.f'] }), 'malformed_request');
    });

    it('RFC 9110 11.1: takes the scheme in any case', async () => {
      const rpt = await home.rpt();
      assert.equal(await shown(rpt, requirement(), { authorization: [`dpop  ${rpt}`] }), 'allowed');
    });
  });

  describe('the token (RFC 9068 4, RFC 8725 3)', () => {
    it('refuses alg none', async () => {
      const [, claims] = (await home.rpt()).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: 'k1' })).toString('base64url');
      for (const token of [`${header}.${claims}.`, `${header}.${claims}.AAAA`]) {
        assert.equal(await shown(token), 'invalid_token');
      }
    });

    it('refuses HS256 made with the public key', async () => {
      const [, claims] = (await home.rpt()).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })).toString('base64url');
      const secret = JSON.stringify(home.serverKey.jwks.keys[0]);
      const mac = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url');
      assert.equal(await shown(`${header}.${claims}.${mac}`), 'invalid_token');
    });

    const claims: [string, object, string][] = [
      ['another issuer', { iss: 'http://evil.example' }, 'invalid_token'],
      ['another audience', { aud: 'another-gateway' }, 'wrong_audience'],
      ['an expired token', { exp: Math.floor(Date.now() / 1000) - 60 }, 'expired'],
      [
        'a token of another resource',
        { permissions: [{ resource_id: 'oven', resource_scopes: ['start'] }] },
        'insufficient_scope',
      ],
      ['a token whose permissions make no sense', { permissions: 'all' }, 'invalid_token'],
      ['a token that names nobody', { client_id: undefined }, 'wrong_key'],
      [
        'a token of a clock far ahead of ours',
        { iat: Math.floor(Date.now() / 1000) + 3600, exp: Math.floor(Date.now() / 1000) + 3900 },
        'clock_wrong',
      ],
    ];
    for (const [name, changes, expected] of claims) {
      it(`refuses ${name} as ${expected}`, async () =>
        assert.equal(await shown(await home.rpt({ ...changes })), expected));
    }

    it('refuses a token of another type, and one signed by another key', async () => {
      assert.equal(await shown(await home.rpt({}, { typ: 'JWT' })), 'invalid_token');
      const stranger = await makeHome();
      assert.equal(await shown(await stranger.rpt()), 'invalid_token');
      assert.equal(await shown(await home.rpt({}, { kid: makeServerKey('other').kid })), 'invalid_token');
    });

    it('refuses a token that expires between two messages, though it is known already', async () => {
      const rpt = await home.rpt();
      assert.equal(await shown(rpt), 'allowed');
      home.time.nowMs += 304_000;
      home.time.heardMs = home.time.nowMs;
      assert.equal(await shown(rpt), 'allowed', 'within the leeway');
      home.time.nowMs += 1_000;
      home.time.highestMs = home.time.nowMs;
      assert.equal(await shown(rpt), 'expired');
    });

    it('holds the leeway within a minute, whatever the settings say', async () => {
      const rpt = await home.rpt({ exp: home.time.nowMs / 1000 - 61 });
      for (const leewaySeconds of [3600, Number.POSITIVE_INFINITY, Number.NaN, -5]) {
        assert.equal(await shown(rpt, requirement({ leewaySeconds })), 'expired');
      }
    });
  });

  describe('the key (RFC 9449 7.1)', () => {
    it('refuses the RPT shown by another registered device with its own key', async () => {
      const rpt = await home.rpt();
      const decision = await home.decide(
        presented(rpt, home.proof(rpt, { key: home.heater })),
        requirement(),
        () => {},
      );
      assert.ok(!decision.allowed);
      assert.equal(decision.reason, 'wrong_key');
      assert.deepEqual(decision.evidence, {
        tokenHash: hashOf(rpt),
        device: 'thermostat',
        keyThumbprint: home.heater.thumbprint,
      });
    });

    it('refuses a stranger key even where the token itself is not bound', async () => {
      const rpt = await home.rpt({ cnf: undefined });
      assert.equal(await outcome(presented(rpt, home.proof(rpt, { key: home.heater }))), 'wrong_key');
      assert.equal(await shown(rpt), 'allowed', 'the registered key will do');
    });

    it('lets a device of elsewhere pass by cnf alone where the server binds keys, and not otherwise', async () => {
      home.devices.clear();
      assert.equal(await shown(await home.rpt()), 'allowed');
      assert.equal(await shown(await home.rpt({ cnf: undefined })), 'wrong_key');
      home = await makeHome({ serverBindsKeys: false, deviceLookup: () => undefined });
      assert.equal(await shown(await home.rpt()), 'wrong_key');
    });

    const misfits: [string, (rpt: string) => string, string][] = [
      ['another method', (rpt) => home.proof(rpt, { method: 'GET' }), 'proof_invalid'],
      ['another path', (rpt) => home.proof(rpt, { url: 'http://127.0.0.1:1880/oven/start' }), 'proof_invalid'],
      ['another origin', (rpt) => home.proof(rpt, { url: 'http://evil.example/dishwasher/start' }), 'proof_invalid'],
      ['another token', () => home.proof('another'), 'proof_invalid'],
      ['a proof that is none', () => 'garbage', 'proof_invalid'],
      ['no proof', () => '', 'proof_missing'],
    ];
    for (const [name, proof, expected] of misfits) {
      it(`refuses ${name} as ${expected}`, async () => {
        const rpt = await home.rpt();
        assert.equal(await outcome(presented(rpt, proof(rpt))), expected);
      });
    }

    it('RFC 9449 9: answers an old, a future and a pre-start proof with a nonce, which then makes it pass', async () => {
      const rpt = await home.rpt();
      for (const nowMs of [home.time.nowMs - 120_000, home.time.nowMs + 120_000, home.time.nowMs - 7_200_000]) {
        const first = await home.decide(presented(rpt, home.proof(rpt, { nowMs })), requirement(), () => {});
        assert.ok(!first.allowed && first.reason === 'use_dpop_nonce' && first.nonce !== undefined);
        assert.equal(await outcome(presented(rpt, home.proof(rpt, { nowMs, nonce: first.nonce }))), 'allowed');
      }
    });

    it('RFC 9449 7.2: refuses Bearer, and with acceptBearer only a bound token', async () => {
      const bound = await home.rpt();
      const unbound = await home.rpt({ cnf: undefined });
      const bearer = (rpt: string) => presented(rpt, '', { authorization: [`Bearer ${rpt}`], dpop: [] });
      assert.equal(await outcome(bearer(unbound)), 'proof_missing');
      const accepting = requirement({ acceptBearer: true });
      assert.equal(await outcome(bearer(unbound), accepting), 'allowed');
      assert.equal(await outcome(bearer(bound), accepting), 'proof_missing');
      const withProof = { ...bearer(bound), dpop: [home.proof(bound)] };
      assert.equal(await outcome(withProof, accepting), 'proof_missing', 'a bound token needs its own scheme too');
      assert.equal(await shown(bound, accepting), 'allowed');
      assert.equal(
        await outcome(bearer(await home.rpt({ cnf: undefined, client_id: undefined })), accepting),
        'wrong_key',
      );
    });
  });

  describe('permissions (G 3.3.4, G 3.5)', () => {
    const now = Math.floor(Date.now() / 1000);
    const cases: [string, object[], Requirement, string][] = [
      [
        'some of the scopes',
        [{ resource_id: 'dishwasher', resource_scopes: ['start'] }],
        needs('start', 'stop'),
        'insufficient_scope',
      ],
      [
        'all scopes, in two permissions',
        [
          { resource_id: 'dishwasher', resource_scopes: ['start'] },
          { resource_id: 'dishwasher', resource_scopes: ['stop'] },
        ],
        needs('start', 'stop'),
        'allowed',
      ],
      [
        'the scope of another resource',
        [
          { resource_id: 'dishwasher', resource_scopes: ['stop'] },
          { resource_id: 'oven', resource_scopes: ['start'] },
        ],
        needs('start'),
        'insufficient_scope',
      ],
      [
        'a permission that is over',
        [{ resource_id: 'dishwasher', resource_scopes: ['start'], exp: now - 60 }],
        needs('start'),
        'expired',
      ],
      [
        'one that is over and one that is not',
        [
          { resource_id: 'dishwasher', resource_scopes: ['start'], exp: now - 60 },
          { resource_id: 'dishwasher', resource_scopes: ['start'], exp: now + 3_600 },
        ],
        needs('start'),
        'allowed',
      ],
      ['no permissions', [], needs('start'), 'insufficient_scope'],
      [
        'anything, where nothing is asked',
        [{ resource_id: 'dishwasher', resource_scopes: ['start'] }],
        needs(),
        'insufficient_scope',
      ],
      ['anything, where no resource is asked', [], requirement({ permissions: [] }), 'insufficient_scope'],
    ];
    for (const [name, permissions, wish, expected] of cases) {
      it(`${name}: ${expected}`, async () =>
        assert.equal(await shown(await home.rpt({ permissions }), wish), expected));
    }
    function needs(...scopes: string[]): Requirement {
      return requirement({ permissions: [{ resource: 'dishwasher', scopes }] });
    }
  });

  describe('who may no more', () => {
    for (const [state, expected] of [
      ['quarantined', 'quarantined'],
      ['retired', 'quarantined'],
      ['provisioned', 'allowed'],
    ] as const) {
      it(`a ${state} device: ${expected}`, async () => {
        home.devices.set('thermostat', { state, thumbprints: [home.thermostat.thumbprint] });
        assert.equal(await shown(await home.rpt()), expected);
      });
    }

    for (const reason of ['revoked', 'quarantined'] as const) {
      it(`a token on the denylist: ${reason}`, async () => {
        const rpt = await home.rpt();
        assert.equal(await shown(rpt), 'allowed');
        home.denials.set(hashOf(rpt), reason);
        assert.equal(await shown(rpt), reason);
      });
    }

    it('a server that was not heard for too long: stale_status', async () => {
      home.time.heardMs -= 30_001;
      assert.equal(await shown(await home.rpt(), requirement({ maxAnswerAgeMs: 30_000 })), 'stale_status');
      assert.equal(await shown(await home.rpt(), requirement({ maxAnswerAgeMs: Number.NaN })), 'stale_status');
      assert.equal(await shown(await home.rpt(), requirement({ maxAnswerAgeMs: 30_001 })), 'allowed');
    });

    it('a clock that was set back: clock_wrong, until it has caught up', async () => {
      const rpt = await home.rpt();
      home.time.highestMs += 5_001;
      assert.equal(await shown(rpt), 'clock_wrong');
      home.time.highestMs -= 1;
      assert.equal(await shown(rpt), 'allowed');
    });
  });

  it('says what came first in the order of deciding, where several things are wrong', async () => {
    const rpt = await home.rpt();
    home.denials.set(hashOf(rpt), 'revoked');
    assert.equal(await outcome(presented(rpt, 'garbage')), 'revoked', 'denylist before key proof');
    home.time.highestMs += 60_000;
    assert.equal(await outcome(presented(rpt, 'garbage')), 'clock_wrong', 'nothing is judged by a wrong clock');
  });

  it('not_set_up: no server yet, or a resource it does not know yet', async () => {
    const rpt = await home.rpt();
    assert.equal(await shown(rpt, requirement({ permissions: [{ resource: '', scopes: ['start'] }] })), 'not_set_up');
    home = await makeHome({ reading: () => undefined });
    assert.equal(await shown(rpt), 'not_set_up');
  });

  it('not_set_up: without a token too, since there is no ticket to give', async () => {
    const bare: Presented = { ...presented('', ''), authorization: [], dpop: [] };
    assert.equal(await outcome(bare), 'no_token');
    const unnamed = requirement({ permissions: [{ resource: '', scopes: ['start'] }] });
    assert.equal(await outcome(bare, unnamed), 'not_set_up');
    assert.equal(await outcome({ ...bare, authorization: ['DPoP a', 'DPoP b'] }, unnamed), 'malformed_request');
  });

  it('evidence holds neither token nor proof', async () => {
    const rpt = await home.rpt({ iss: ISSUER, aud: 'x' });
    const proof = home.proof(rpt);
    const decision: Decision = await home.decide(presented(rpt, proof), requirement(), () => {});
    const words = JSON.stringify(decision);
    assert.ok(!words.includes(rpt) && !words.includes(proof));
  });
});

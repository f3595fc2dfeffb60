import assert from 'node:assert/strict';
import {
  checkDpop,
  createNonces,
  createProofState,
  createReplayWindow,
  type DeviceKey,
  generateDeviceKey,
} from '../../../lib/proof/index.ts';
import { craftProof, NOW_MS, NOW_SECONDS, refusalOf, requestCheck } from './crafted-proof.ts';

const nonceFor = (detail: string) => ({ reason: 'use_dpop_nonce', detail });

describe('RFC 9449 4.3: is the proof of now?', () => {
  let key: DeviceKey;
  before(async () => {
    key = await generateDeviceKey('ES256');
  });
  const madeAt = (iat: number, changes = {}) =>
    refusalOf(checkDpop([craftProof(key, { claims: { iat } })], requestCheck(changes)));

  describe('nonceIsOurs', () => {
    it('check 10: a nonce of ours passes, also one of the window before', () => {
      const check = requestCheck();
      for (const ageMs of [0, check.nonces.lifetimeMs / 2]) {
        const nonce = check.nonces.issue(NOW_MS - ageMs);
        assert.equal(refusalOf(checkDpop([craftProof(key, { claims: { nonce } })], check)), 'accepted');
      }
    });

    it('check 10: an old nonce, one from before a restart, and an invented one are answered by a new one', () => {
      const check = requestCheck();
      const old = check.nonces.issue(NOW_MS - check.nonces.lifetimeMs);
      const otherBoot = createNonces().issue(NOW_MS);
      for (const nonce of [old, otherBoot, 'invented', '', 'ü'.repeat(22)]) {
        const verdict = checkDpop([craftProof(key, { claims: { nonce } })], check);
        assert.deepEqual(refusalOf(verdict), nonceFor('nonce_stale'), nonce);
      }
    });

    it('check 10: where policy asks for a nonce, none is not enough', () => {
      assert.deepEqual(madeAt(NOW_SECONDS, { requireNonce: true }), nonceFor('nonce_required'));
      const check = requestCheck({ requireNonce: true });
      const nonce = check.nonces.issue(NOW_MS);
      assert.equal(refusalOf(checkDpop([craftProof(key, { claims: { nonce } })], check)), 'accepted');
    });
  });

  describe('madeRecently', () => {
    it('check 11: an old iat is asked for a nonce', () => {
      assert.equal(madeAt(NOW_SECONDS - 64), 'accepted');
      assert.deepEqual(madeAt(NOW_SECONDS - 65), nonceFor('too_old'));
      assert.deepEqual(madeAt(0), nonceFor('too_old'));
      assert.deepEqual(madeAt(-1e300), nonceFor('too_old'));
    });

    it('check 11: a future iat is asked for a nonce', () => {
      assert.equal(madeAt(NOW_SECONDS + 5), 'accepted');
      assert.deepEqual(madeAt(NOW_SECONDS + 6), nonceFor('in_future'));
      assert.deepEqual(madeAt(NOW_SECONDS + 1e12), nonceFor('in_future'));
    });

    it('check 11: with a nonce of ours iat is not judged, so a device without a clock works', () => {
      for (const iat of [0, 1e12, NOW_SECONDS]) {
        const check = requestCheck();
        const nonce = check.nonces.issue(NOW_MS);
        assert.equal(refusalOf(checkDpop([craftProof(key, { claims: { iat, nonce } })], check)), 'accepted');
      }
    });

    it('check 11: a proof from before our start is asked for a nonce', () => {
      const justStarted = { startedAtMs: NOW_MS - 20_000, mostLeewaySeconds: 5 };
      assert.deepEqual(madeAt(NOW_SECONDS - 21, justStarted), nonceFor('before_start'));
      assert.equal(madeAt(NOW_SECONDS - 14, justStarted), 'accepted');
    });

    /** What is known of a key says nothing of a proof, and reading one anew takes its time. */
    const known = createProofState();

    it('check 11: no proof passes once before a restart and once after it, whatever its clock said', () => {
      for (let ahead = -70; ahead <= 10; ahead += 1) {
        const proof = craftProof(key, { claims: { iat: NOW_SECONDS + ahead } });
        const { keys } = known;
        const before = checkDpop([proof], requestCheck({ keys }));
        const passedBefore = before.ok && before.commit();
        for (let laterMs = 1; laterMs < 90_000; laterMs += 997) {
          const restarted = { ...createProofState({ nowMs: NOW_MS + 1 }), keys };
          const after = checkDpop([proof], requestCheck({ ...restarted, nowMs: NOW_MS + laterMs }));
          assert.ok(!(passedBefore && after.ok), `iat ${ahead} s ahead, ${laterMs} ms later`);
        }
      }
    });

    it('check 11: nor where the leeway was larger before the restart', () => {
      for (let ahead = -30; ahead <= 60; ahead += 1) {
        const proof = craftProof(key, { claims: { iat: NOW_SECONDS + ahead } });
        const { keys } = known;
        const before = checkDpop([proof], requestCheck({ keys, leewaySeconds: 60, maxAgeSeconds: 30 }));
        assert.ok(before.ok && before.commit(), `iat ${ahead} s ahead`);
        for (let laterMs = 1; laterMs < 160_000; laterMs += 997) {
          const restarted = { ...createProofState({ nowMs: NOW_MS + 1 }), keys };
          const narrower = { ...restarted, nowMs: NOW_MS + laterMs, leewaySeconds: 0, maxAgeSeconds: 90 };
          assert.equal(checkDpop([proof], requestCheck(narrower)).ok, false, `${ahead} s ahead, ${laterMs} ms later`);
        }
      }
    });
  });

  it('says whose proof it was once the signature is found good', () => {
    const verdict = checkDpop([craftProof(key, { claims: { iat: 0 } })], requestCheck());
    assert.equal(!verdict.ok && verdict.thumbprint, key.thumbprint);
  });
});

describe('RFC 9449 11.1: a proof is used once', () => {
  let key: DeviceKey;
  before(async () => {
    key = await generateDeviceKey('EdDSA');
  });

  it('20 uses of one proof at once: exactly one passes', () => {
    const check = requestCheck();
    const proof = craftProof(key);
    const verdicts = Array.from({ length: 20 }, () => checkDpop([proof], check));
    assert.ok(
      verdicts.every((verdict) => verdict.ok),
      'all are good until one is used',
    );
    assert.equal(verdicts.filter((verdict) => verdict.ok && verdict.commit()).length, 1);
    assert.equal(verdicts.filter((verdict) => verdict.ok && verdict.commit()).length, 0);
  });

  it('a used proof is known for a replay before anything else is done', () => {
    const check = requestCheck();
    const proof = craftProof(key);
    const first = checkDpop([proof], check);
    assert.ok(first.ok && first.commit());
    const again = checkDpop([proof], check);
    assert.deepEqual(refusalOf(again), { reason: 'proof_replayed', detail: 'replayed' });
    assert.equal(!again.ok && again.thumbprint, key.thumbprint);
  });

  it('a jti is once per key whatever the URL, and every key has its own', async () => {
    const check = requestCheck();
    const other = await generateDeviceKey('EdDSA');
    const claims = { jti: 'one' };
    const first = checkDpop([craftProof(key, { claims })], check);
    assert.ok(first.ok && first.commit());
    const elsewhere = { ...claims, htu: 'http://localhost:1880/dishwasher/start' };
    assert.equal(checkDpop([craftProof(key, { claims: elsewhere })], check).ok, false);
    const others = checkDpop([craftProof(other, { claims })], check);
    assert.ok(others.ok && others.commit());
  });

  it('a proof is remembered for as long as it could pass, with and without a nonce', () => {
    const check = requestCheck();
    const nonce = check.nonces.issue(NOW_MS);
    for (const claims of [{ nonce, iat: 0 }, { iat: NOW_SECONDS + 5 }, { iat: NOW_SECONDS - 64 }]) {
      const proof = craftProof(key, { claims });
      const first = checkDpop([proof], check);
      assert.ok(first.ok && first.commit());
      for (let laterMs = 0; laterMs < 600_000; laterMs += 500) {
        const again = checkDpop([proof], { ...check, nowMs: NOW_MS + laterMs });
        assert.equal(again.ok && again.commit(), false, `${laterMs} ms later`);
      }
    }
  });

  it('a device that has used up its quota is told so; others are not', async () => {
    const check = requestCheck({ replay: createReplayWindow({ limitPerKey: 2 }) });
    const verdicts = [1, 2, 3].map(() => checkDpop([craftProof(key)], check));
    assert.deepEqual(
      verdicts.map((verdict) => verdict.ok && verdict.commit()),
      [true, true, false],
    );
    const next = refusalOf(checkDpop([craftProof(key)], check));
    assert.deepEqual(next, { reason: 'too_many_requests', detail: 'window_full' });
    const other = checkDpop([craftProof(await generateDeviceKey('ES256'))], check);
    assert.ok(other.ok && other.commit());
  });

  it('a verdict shows neither proof nor token', () => {
    const proof = craftProof(key);
    for (const verdict of [checkDpop([proof], requestCheck()), checkDpop([proof], requestCheck({ method: 'GET' }))]) {
      const [, , signature = ''] = proof.split('.');
      assert.ok(!JSON.stringify(verdict).includes(signature));
    }
  });
});

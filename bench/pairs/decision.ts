import { createPublicKey, verify } from 'node:crypto';
import type { Row } from '../row.ts';
import { sideBySide, timeEach } from '../side-by-side.ts';
import { spreadOf } from '../spread.ts';
import { type DecisionParts, openDecisionParts } from './decision-parts.ts';

const rounds = 40;
const perRound = 400;
/** Of 10,000 messages; before that, much of the decision is interpreted. */
const warmUpRounds = 25;

/** A whole decision with proof, its token known already, against the one signature that no check can go without. */
export async function decisionWithProof(): Promise<Row> {
  const parts = await openDecisionParts();
  try {
    const verifies = bareVerification(parts);
    const { speeds, oneMs, otherMs } = await sideBySide(
      rounds,
      () => {
        const messages = parts.proved(perRound);
        return timeEach(messages, parts.decide);
      },
      () => timeEach(Array.from({ length: perRound }), verifies),
      warmUpRounds,
    );
    return {
      ...{ what: 'decision with DPoP / one bare ES256 verification', unit: 'times', figures: spreadOf(speeds) },
      bound: { atLeast: 0.8 },
      seen: `${Math.round(oneMs * 1000)} µs / ${Math.round(otherMs * 1000)} µs`,
    };
  } finally {
    await parts.close();
  }
}

/** Of a real proof, by an imported key. */
function bareVerification({ keys: [key], proved }: DecisionParts): () => void {
  if (!key) throw new Error('there is no key');
  const [
    {
      dpop: [proof = ''],
    } = { dpop: [] },
  ] = proved(1);
  const end = proof.lastIndexOf('.');
  const input = Buffer.from(proof.slice(0, end));
  const signature = Buffer.from(proof.slice(end + 1), 'base64url');
  const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' });
  const by = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return () => {
    if (!verify('sha256', input, by, signature)) throw new Error('the proof does not verify');
  };
}

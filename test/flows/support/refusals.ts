/** What a refusal must look like to whoever sent the message. */
import assert from 'node:assert/strict';
import type { Answer } from './outside-device.ts';

interface Challenge {
  scheme: string | undefined;
  [parameter: string]: string | undefined;
}

export function challengeOf({ headers }: Answer): Challenge {
  const text = headers['www-authenticate'] ?? '';
  const parameters = [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [name, value]);
  return { scheme: /^\w+/.exec(text)?.[0], ...Object.fromEntries(parameters) };
}

/** RFC 9449 7.1: what is wrong with the token or its proof, and what proofs may be signed with; never a ticket. */
export function assertDpop(answer: Answer, reason: string, error = 'invalid_token'): void {
  assert.deepEqual([answer.status, answer.body.error], [401, reason]);
  assert.deepEqual(challengeOf(answer), { scheme: 'DPoP', error, algs: 'ES256 EdDSA Ed25519' });
  assert.equal(answer.headers['dpop-nonce'] !== undefined, error === 'use_dpop_nonce');
}

/** Refused without saying how it could be otherwise. */
export function assertPlain(answer: Answer, status: number, reason: string): void {
  assert.deepEqual([answer.status, answer.body.error], [status, reason]);
  assert.equal(answer.headers['www-authenticate'], undefined);
}

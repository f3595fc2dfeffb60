/**
 * Which answer each reason has over HTTP. The keys are every reason for which a message can be refused; the compiler
 * compares them with `decision/reason.ts` where the gateway hands a decision over.
 */
const ANSWERS = {
  no_token: { statusCode: 401, challenge: 'uma' },
  expired: { statusCode: 401, challenge: 'uma' },
  revoked: { statusCode: 401, challenge: 'uma' },
  insufficient_scope: { statusCode: 401, challenge: 'uma' },
  used_up: { statusCode: 401, challenge: 'uma' },
  invalid_token: { statusCode: 401, challenge: 'invalid_token' },
  wrong_audience: { statusCode: 401, challenge: 'invalid_token' },
  wrong_key: { statusCode: 401, challenge: 'invalid_token' },
  proof_missing: { statusCode: 401, challenge: 'invalid_token' },
  proof_invalid: { statusCode: 401, challenge: 'invalid_dpop_proof' },
  proof_replayed: { statusCode: 401, challenge: 'invalid_dpop_proof' },
  use_dpop_nonce: { statusCode: 401, challenge: 'use_dpop_nonce' },
  quarantined: { statusCode: 403 },
  outside_hours: { statusCode: 403 },
  clock_wrong: { statusCode: 403 },
  stale_status: { statusCode: 403 },
  malformed_request: { statusCode: 400 },
  not_set_up: { statusCode: 403, warning: true },
  server_unreachable: { statusCode: 403, warning: true },
  too_many_requests: { statusCode: 429, retryAfterSeconds: 5 },
  internal_error: { statusCode: 500 },
} as const satisfies Record<string, Answer>;

export interface Answer {
  statusCode: number;
  /** `uma`: with a permission ticket (G 3.2.1). The others are errors of a DPoP challenge (RFC 9449 7.1, 9). */
  challenge?: 'uma' | 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';
  /** No ticket is to be had (G 3.2.2). */
  warning?: boolean;
  retryAfterSeconds?: number;
}

export type RefusedReason = keyof typeof ANSWERS;

export function answerFor(reason: RefusedReason): Answer {
  return ANSWERS[reason];
}

/** The rows that are decided only after the key proof: whoever gets them has shown a good one. */
export function isProved(reason: RefusedReason): boolean {
  return reason === 'insufficient_scope' || reason === 'used_up';
}

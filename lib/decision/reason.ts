/** Why a message may not pass. Each has its answer in `protecting/refusal` and its sentence in `text/en.json`. */
export type Reason =
  | 'no_token'
  | 'expired'
  | 'revoked'
  | 'insufficient_scope'
  | 'used_up'
  | 'invalid_token'
  | 'wrong_audience'
  | 'wrong_key'
  | 'proof_missing'
  | 'proof_invalid'
  | 'proof_replayed'
  | 'use_dpop_nonce'
  | 'quarantined'
  | 'outside_hours'
  | 'clock_wrong'
  | 'stale_status'
  | 'malformed_request'
  | 'not_set_up'
  | 'server_unreachable'
  | 'too_many_requests'
  /** A fault of ours: nothing passes while something is broken. */
  | 'internal_error';

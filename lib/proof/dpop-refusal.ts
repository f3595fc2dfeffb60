/** Why a proof is not accepted: the words of check and decision. */

export type DpopRefusalReason =
  /** More than one proof: 400, not a challenge. */
  | 'malformed_request'
  | 'proof_missing'
  | 'proof_invalid'
  /** Validly proved, by a key that the token is not for. */
  | 'wrong_key'
  | 'proof_replayed'
  /** A fresh nonce makes the next one good (RFC 9449 9). */
  | 'use_dpop_nonce'
  /** The replay window has no room (for this key). */
  | 'too_many_requests';

/** What exactly; each has its sentence under `hint.proof_<detail>`. */
export type DpopRefusalDetail =
  | 'header_count'
  | 'missing'
  | 'malformed'
  | 'claims'
  | 'typ'
  | 'crit'
  | 'alg'
  | 'jwk'
  | 'jwk_private'
  | 'signature'
  | 'htm'
  | 'htu'
  /** Everything fits but the origin, which is none of the configured addresses. */
  | 'wrong_address'
  | 'nonce_required'
  | 'nonce_stale'
  | 'too_old'
  | 'in_future'
  | 'before_start'
  | 'ath'
  | 'key'
  | 'replayed'
  | 'window_full';

export interface DpopRefusal {
  ok: false;
  reason: DpopRefusalReason;
  detail: DpopRefusalDetail;
  /** For people; a key of `sharing/text` and what stands in its gaps. */
  hint: { key: string; values?: Record<string, string | number> };
  /** Of the key that signed, only once its signature was found good: who may be alarmed about. */
  thumbprint?: string;
}

export function refuse(
  reason: DpopRefusalReason,
  detail: DpopRefusalDetail,
  values?: Record<string, string | number>,
): DpopRefusal {
  const key = `hint.proof_${detail}`;
  return { ok: false, reason, detail, hint: values ? { key, values } : { key } };
}

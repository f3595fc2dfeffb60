import type { Text } from './text.ts';

/** Why a gateway let something not through, as far as its owner is told: of the decision's own reasons, and no others. */
export const REFUSAL_REASONS = [
  'clock_wrong',
  'expired',
  'insufficient_scope',
  'internal_error',
  'invalid_token',
  'malformed_request',
  'no_token',
  'not_set_up',
  'outside_hours',
  'proof_invalid',
  'proof_missing',
  'proof_replayed',
  'quarantined',
  'revoked',
  'server_unreachable',
  'stale_status',
  /** Everything is, by its owner. */
  'stopped',
  'too_many_requests',
  'used_up',
  'wrong_audience',
  'wrong_key',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export function isRefusalReason(value: unknown): value is RefusalReason {
  return REFUSAL_REASONS.some((reason) => reason === value);
}

/** Some refusals of one kind; without a reason, of many kinds that are not told one by one. */
export interface ShownRefusal {
  count: number;
  reason?: RefusalReason;
  /** As its owner knows it; absent where nobody knows who it was. */
  deviceName?: string;
  resourceName?: string;
}

/** Whoever shows a token without its key may be anybody. */
const BY_TOKEN_ALONE: readonly RefusalReason[] = ['proof_invalid', 'proof_missing', 'proof_replayed', 'wrong_key'];

/** "Thermostat was not let through to Dishwasher, 3 times." */
export function refusalSentence({ count, reason, deviceName, resourceName = '…' }: ShownRefusal): Text {
  if (reason === undefined) return { key: 'refusal.others', values: { count } };
  const once = count === 1 ? '_once' : '';
  const values = { resource: resourceName, count };
  if (deviceName === undefined) return { key: `refusal.unknown${once}`, values };
  const who = BY_TOKEN_ALONE.includes(reason) ? 'token' : 'device';
  return { key: `refusal.${who}${once}`, values: { ...values, device: deviceName } };
}

/** The reason in a sentence. */
export function refusalWhy(reason: RefusalReason): Text {
  const own = reason === 'stopped' || reason === 'no_token';
  return { key: own ? `refusal.why_${reason}` : `reason.${reason}` };
}

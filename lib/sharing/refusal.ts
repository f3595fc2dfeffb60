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

/** How often for which reason. */
export type RefusalCounts = Readonly<Partial<Record<RefusalReason, number>>>;

/** Some refusals that are told together; without a reason, of many kinds that are not told one by one. */
export interface ShownRefusal {
  count: number;
  /** The only one, or the one that there was most often. */
  reason?: RefusalReason;
  /** How many of them had another. */
  otherReasons?: number;
  /** As its owner knows it; absent where nobody knows who it was. */
  deviceName?: string;
  /** Absent where it was at several. */
  resourceName?: string;
}

/** Whoever shows a token without its key may be anybody. */
const BY_TOKEN_ALONE: readonly RefusalReason[] = ['proof_invalid', 'proof_missing', 'proof_replayed', 'wrong_key'];

/** "Thermostat was not let through to Dishwasher, 3 times.", and why: a sentence each. */
export function refusalSentences(refusal: ShownRefusal): Text[] {
  const { reason, otherReasons = 0 } = refusal;
  const others = counted('refusal.why_others', otherReasons, { count: otherReasons });
  return [what(refusal), ...(reason === undefined ? [] : [why(reason)]), ...(otherReasons === 0 ? [] : [others])];
}

function what({ count, reason, deviceName, resourceName }: ShownRefusal): Text {
  if (reason === undefined) return { key: 'refusal.others', values: { count } };
  if (resourceName === undefined) return counted('refusal.elsewhere', count, { count });
  const values = { resource: resourceName, count };
  if (deviceName === undefined) return counted('refusal.unknown', count, values);
  const who = BY_TOKEN_ALONE.includes(reason) ? 'token' : 'device';
  return counted(`refusal.${who}`, count, { ...values, device: deviceName });
}

function why(reason: RefusalReason): Text {
  const own = reason === 'stopped' || reason === 'no_token';
  return { key: own ? `refusal.why_${reason}` : `reason.${reason}` };
}

function counted(key: string, count: number, values: Text['values'] & object): Text {
  return { key: count === 1 ? `${key}_once` : key, values };
}

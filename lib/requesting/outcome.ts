import type { Hint } from '../uma/errors.ts';
import type { Seconds } from '../uma/permission.ts';

/** "Not yet or no": the second output of `uma-request`. */
export interface NotAllowed {
  outcome: 'pending' | 'needs-info' | 'denied' | 'unreachable';
  reason: string;
  /** Before then asking again tells nothing new. */
  retryAt?: Seconds;
  /** A page of the authorization server that helps (G 3.3.6). */
  redirectUser?: string;
  hint: Hint;
}

/** @param more - whatever is known beside outcome and reason; the hint is `hint.<reason>` unless given */
export function notAllowed(
  outcome: NotAllowed['outcome'],
  reason: string,
  more: Partial<Omit<NotAllowed, 'outcome' | 'reason'>> = {},
): NotAllowed {
  return { outcome, reason, hint: { key: `hint.${reason}` }, ...more };
}

export function isNotAllowed(value: object | undefined): value is NotAllowed {
  return value !== undefined && 'outcome' in value && 'reason' in value;
}

/**
 * What errors of the other rooms mean to a message: an answer, since a message that cannot have its permission is
 * nobody's mistake. Codes that are not here are faults, and stay errors.
 */
const ANSWERS: ReadonlyMap<string, NotAllowed['outcome']> = new Map([
  ['invalid_response', 'unreachable'],
  ['invalid_ticket', 'unreachable'],
  ['client_refused', 'unreachable'],
  ['proof_refused', 'unreachable'],
  ['protection_token_refused', 'unreachable'],
  ['refused', 'unreachable'],
  ['invalid_resource_id', 'unreachable'],
  ['no_uma_discovery', 'unreachable'],
  ['issuer_mismatch', 'unreachable'],
  ['insecure_url', 'unreachable'],
  ['invalid_metadata', 'unreachable'],
  ['endpoint_missing', 'unreachable'],
  ['registration_refused', 'unreachable'],
  ['not_registered', 'unreachable'],
  ['server_key_changed', 'unreachable'],
  ['server_closed', 'unreachable'],
  ['invalid_scope', 'denied'],
  ['device_quarantined', 'denied'],
  ['device_retired', 'denied'],
  ['not_joined', 'needs-info'],
  ['OwnerNotConnected', 'needs-info'],
]);

/** @returns what an error says about the authorization server; undefined where it is a fault of ours or of the flow */
export function answerOfError(error: unknown): NotAllowed | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return notAllowed('unreachable', 'server_unreachable');
  if (!('code' in error) || typeof error.code !== 'string') return undefined;
  const more = isHinting(error) ? { hint: error.hint } : {};
  if (error.code === 'unreachable') return notAllowed('unreachable', 'server_unreachable', more);
  const outcome = ANSWERS.get(error.code);
  return outcome && notAllowed(outcome, error.code, more);
}

function isHinting(error: object): error is { hint: Hint } {
  return 'hint' in error && typeof error.hint === 'object' && error.hint !== null && 'key' in error.hint;
}

import type { HttpAnswer } from './call-wish.ts';
import { errorCode } from './challenge-reading.ts';
import { type NotAllowed, notAllowed } from './outcome.ts';

/** Refusals of a resource server like ours that come without a challenge. Any other 403 is the resource's own answer. */
const REFUSALS: ReadonlySet<string> = new Set([
  'quarantined',
  'outside_hours',
  'clock_wrong',
  'stale_status',
  'not_set_up',
]);
const ERROR_BODY_LIMIT = 65_536;

/** @returns undefined for an answer that the flow shall see */
export function readRefusal(answer: HttpAnswer): NotAllowed | undefined {
  if (answer.statusCode !== 403) return undefined;
  const said = errorIn(answer);
  if (isUnreachableWarning(answer.headers.warning)) return notAllowed('unreachable', 'server_unreachable');
  return said !== undefined && REFUSALS.has(said) ? refusedThere(said) : undefined;
}

/** What says that nobody could decide, and nothing of whether the device may. */
const UNDECIDED: ReadonlySet<string> = new Set(['clock_wrong', 'stale_status', 'not_set_up']);

/** "No", in the words of the resource. */
export function refusedThere(reason: string): NotAllowed {
  return notAllowed(UNDECIDED.has(reason) ? 'unreachable' : 'denied', reason, {
    hint: { key: 'hint.refused_there', values: { reason } },
  });
}

/** `error` of a JSON body, if it is one. */
export function errorIn({ headers, body }: HttpAnswer): string | undefined {
  if (body.length > ERROR_BODY_LIMIT || !/^application\/(?:[\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '')) {
    return undefined;
  }
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return typeof json === 'object' && json !== null && 'error' in json ? errorCode(json.error) : undefined;
  } catch {
    return undefined;
  }
}

/** G 3.2.2: the resource server could not get a ticket. */
function isUnreachableWarning(warning: string | undefined): boolean {
  return warning !== undefined && /\b199\b.*UMA Authorization Server Unreachable/i.test(warning);
}

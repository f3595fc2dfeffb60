import type { Reason } from '../decision/reason.ts';
import type { Refusal } from '../gateway/gateway.ts';
import { say } from '../sharing/say.ts';
import type { Words } from './words.ts';

/** RFC 7234 5.5: 199 is a warning of any kind; UMA Grant 3.2.2 uses it where no ticket can be given. */
const WARNING = '199 - "UMA Authorization Server Unreachable"';

/** The answers that must be there even without a gateway (security.md, the table of answers). */
export function localRefusal(words: Words, reason: Reason): Refusal {
  const malformed = reason === 'malformed_request';
  return {
    statusCode: malformed ? 400 : 403,
    headers: { 'Cache-Control': 'no-store', ...(!malformed && { Warning: WARNING }) },
    payload: {
      error: reason,
      // ASCII (RFC 6749 5.2), and for whoever wrote the sender's program.
      error_description: say({ key: `reason.${reason}` }),
      hint: words({ key: `hint.${reason}` }),
    },
  };
}

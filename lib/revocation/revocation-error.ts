import type { Text } from '../sharing/text.ts';

/** `not_liftable`: a block whose order the server has still to hear, or a cut, cannot be taken back. `closed`: too late. */
export type RevocationErrorCode = 'not_liftable' | 'closed';

/** What cannot be done about a denial, and what to do instead. */
export class RevocationError extends Error {
  readonly code: RevocationErrorCode;
  readonly hint: Text;

  constructor(code: RevocationErrorCode, values?: Record<string, string>) {
    super(code === 'closed' ? 'the revocation is closed' : 'this denial cannot be lifted');
    this.name = 'RevocationError';
    this.code = code;
    this.hint = { key: `hint.revocation_${code}`, ...(values && { values }) };
  }
}

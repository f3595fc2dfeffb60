import type { Text } from '../sharing/text.ts';

export type ServerStartCode =
  | 'port_in_use'
  | 'cannot_listen'
  | 'issuer_invalid'
  | 'owner_invalid'
  | 'certificate_unreadable'
  | 'certificate_malformed'
  | 'certificate_key'
  | 'certificate_expired'
  | 'certificate_name'
  | 'certificate_needs_https'
  | 'needs_encryption'
  | 'proxy_invalid';

/** Why the built-in server could not start. `message` is one sentence for the terminal, `hint` the same for a form. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly code: ServerStartCode;
  readonly hint: Text;

  constructor(code: ServerStartCode, message: string, values?: Text['values']) {
    super(message);
    this.code = code;
    this.hint = values === undefined ? { key: `hint.${code}` } : { key: `hint.${code}`, values };
  }
}

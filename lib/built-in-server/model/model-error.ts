import type { Text } from '../../sharing/text.ts';

export type ModelErrorCode =
  | 'invalid_request'
  | 'not_supported'
  | 'not_found'
  | 'resource_unknown'
  | 'device_unknown'
  | 'person_unknown'
  | 'owner_unknown'
  | 'scope_unknown'
  | 'device_of_another'
  | 'device_retired'
  | 'device_suspended'
  | 'own_key_needed'
  | 'device_not_active'
  | 'key_taken'
  | 'request_closed'
  | 'share_changed'
  | 'share_ended'
  | 'already_set_up'
  | 'code_invalid'
  | 'name_taken'
  | 'weak_password'
  | 'panic_active'
  | 'too_many'
  | 'busy';

/** What the model refuses, and why: `code` is stable, `hint` tells the owner what to do next. Nothing secret is kept in it. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;
  readonly hint: Text;

  constructor(code: ModelErrorCode, message: string, values?: Text['values']) {
    super(message);
    this.code = code;
    this.hint = values === undefined ? { key: `hint.${code}` } : { key: `hint.${code}`, values };
  }
}

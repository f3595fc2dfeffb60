/** How the owner API says no: `{error, error_description, hint}`, `hint` in plain words for the person in front of it. */
import type { Say } from '../../sharing/say.ts';
import type { Text } from '../../sharing/text.ts';
import { type Answer, json, Refusal } from '../http/answer.ts';
import { ModelError, type ModelErrorCode } from '../model/model-error.ts';

const statusOf: Record<ModelErrorCode, number> = {
  invalid_request: 400,
  not_supported: 400,
  not_found: 404,
  resource_unknown: 404,
  device_unknown: 404,
  person_unknown: 404,
  owner_unknown: 404,
  scope_unknown: 400,
  device_of_another: 409,
  device_retired: 409,
  device_suspended: 409,
  own_key_needed: 409,
  device_not_active: 409,
  key_taken: 409,
  request_closed: 409,
  share_changed: 409,
  share_ended: 409,
  already_set_up: 409,
  code_invalid: 403,
  name_taken: 409,
  weak_password: 400,
  panic_active: 409,
  too_many: 409,
  busy: 503,
};

/** Whatever a handler threw that is a "no", as an answer with its hint in somebody's language. @throws what is not */
export function refused(fault: unknown, say: Say): Answer {
  if (fault instanceof ModelError) return answer(statusOf[fault.code], fault.code, fault.message, say(fault.hint));
  if (fault instanceof Refusal)
    return answer(fault.status, fault.code, fault.message, say(hintOf(fault)), fault.headers);
  throw fault;
}

/** The same for a page, in words for its form. @throws what is not */
export function refusedForm(fault: unknown, say: Say): { status: number; code: string; text: string } {
  if (!(fault instanceof ModelError || fault instanceof Refusal)) throw fault;
  const status = fault instanceof ModelError ? statusOf[fault.code] : fault.status;
  return { status, code: fault.code, text: say(hintOf(fault)) };
}

/** What the person in front of it can do now. */
export function hintOf(fault: ModelError | Refusal): Text {
  if (fault instanceof ModelError) return fault.hint;
  // What is wrong with a gateway's token or proof is for its program; its owner can only connect it again.
  const ofToken = fault.status === 401 && !fault.code.startsWith('sign_in');
  return { key: ofToken ? 'hint.api_token' : `hint.api_${fault.code}` };
}

function answer(status: number, error: string, description: string, hint: string, headers = {}): Answer {
  return json(status, { error, error_description: description, hint }, headers);
}

/** Nothing there, or nothing of this owner's: the same answer, so that nobody learns what others have. */
export function notFound(what: string): Refusal {
  return new Refusal(404, 'not_found', `you have no such ${what}`);
}

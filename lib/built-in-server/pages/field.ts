import type { WaitingCode } from '../provider/device-flow.ts';
import { groupedFingerprint } from './fingerprint.ts';
import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

/** What was wrong, and in which field. */
export interface Wrong {
  field: string;
  text: string;
  /** Where it can be put right, if not here. */
  way?: Markup;
}

/** What the reader is to do before going on; nothing is wrong. */
interface Note {
  kind: 'note';
  text: string;
}

/** What is said before a form. */
export type Said = Wrong | Note;

export interface Field {
  name: string;
  type?: 'text' | 'password';
  value?: string;
  autocomplete: string;
  help?: string;
  optional?: true;
  least?: number;
  most?: number;
}

/** One field with its label, its help, and what was wrong with it, tied together for screen readers. */
export function field({ word }: Voice, one: Field, said: Said | undefined): Markup {
  const { name, type = 'text', value = '', help } = one;
  const isWrong = said !== undefined && 'field' in said && said.field === name;
  const described = help === undefined ? undefined : markup` aria-describedby="${name}-help"`;
  const invalid = isWrong ? markup` aria-invalid="true" autofocus` : undefined;
  const required = one.optional ? undefined : markup` required`;
  const least = one.least === undefined ? undefined : markup` minlength="${one.least}"`;
  const most = one.most === undefined ? undefined : markup` maxlength="${one.most}"`;
  const note = help === undefined ? undefined : markup`<p class="help" id="${name}-help">${word(help)}</p>`;
  return markup`<p><label for="${name}">${word(`field_${name}`)}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${one.autocomplete}" spellcheck="false" autocapitalize="none"${required}${least}${most}${described}${invalid}></p>
${note}`;
}

/** What was wrong, or is to be done first, said before the form. */
export function complaint(said: Said | undefined): Markup | undefined {
  if (said === undefined) return undefined;
  if ('kind' in said) return markup`<p role="status" class="note">${said.text}</p>`;
  return markup`<p role="alert" class="wrong">${said.text}${said.way && markup` ${said.way}`}</p>`;
}

/** Who waits with a code, to be compared with what one sees there. @param code - where no field shows it */
export function waiter({ word, when }: Voice, waiting: WaitingCode | undefined, code?: string): Markup | undefined {
  const shown = code && markup`<dt>${word('field_user_code')}</dt><dd><code>${asShown(code)}</code></dd>`;
  return (
    waiting &&
    markup`<dl>${shown}<dt>${word('waiting_name')}</dt><dd>${waiting.name}</dd>
<dt>${word('waiting_key')}</dt><dd>${groupedFingerprint(waiting.fingerprint)}</dd>
<dt>${word('waiting_from')}</dt><dd>${waiting.from}</dd>
<dt>${word('waiting_at')}</dt><dd>${when(waiting.askedAt)}</dd></dl>`
  );
}

/** "Flows on this Node-RED may share for me". @param limits - what is said of less than that */
export function mayGrantBox({ word }: Voice, checked: boolean, limits: Markup): Markup {
  const isChecked = checked ? markup` checked` : undefined;
  return markup`<p class="choice"><input type="checkbox" id="grant" name="grant" value="yes"${isChecked} aria-describedby="grant-help"> <label for="grant">${word('may_grant')}</label></p>
<p class="help" id="grant-help">${limits}</p>`;
}

/** Typed without the dash, or small, it is to be compared with the other one all the same. */
function asShown(code: string): string {
  return code
    .replace(/[^A-Za-z]/g, '')
    .toUpperCase()
    .replace(/^(.{4})(?=.)/, '$1-');
}

/** What `/device` shows: first a field for the code, then who waits with it, and the questions that fit. */
import type { Answer } from '../http/answer.ts';
import type { WaitingCode } from '../provider/device-flow.ts';
import { complaint, field, mayGrantBox, type Said, waiter } from './field.ts';
import { page } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

/** What was typed so far; never the password. */
export interface Typed {
  userCode: string;
  name: string;
  mayGrant: boolean;
  /** What the owner wants to call the device. */
  deviceName: string;
}

interface CodeForm {
  /** What to know of the connection. */
  about: Markup | undefined;
  userCode: string;
  said: Said | undefined;
}

/** Asks for the code alone. It comes back as in a link: seeing who waits needs no password, and answering does. */
export function codeForm(voice: Voice, status: number, { about, userCode, said }: CodeForm): Answer {
  const { word } = voice;
  const code = { name: 'user_code', value: userCode, autocomplete: 'off', help: 'user_code_help', most: 20 };
  const content = markup`<p>${word('device_intro')}</p>
${about}
${complaint(said)}
<form method="get" action="/device">
${field(voice, code, said)}
<button type="submit">${word('device_look')}</button>
</form>
<p>${word('device_without_code')}</p>`;
  return page(voice, status, word('device_title'), content);
}

interface AnswerForm extends Omit<CodeForm, 'userCode'> {
  typed: Typed;
  /** What it may share was limited before, and a yes here leaves it so. */
  isLimited: boolean;
  waiting: WaitingCode;
}

/** Shows who waits, and takes the owner's yes or no, with the password. */
export function answerForm(
  voice: Voice,
  status: number,
  { about, typed, isLimited, waiting, said }: AnswerForm,
): Answer {
  const { word } = voice;
  const isDevice = waiting.kind === 'device';
  const content = markup`<p>${word(isDevice ? 'claim_intro' : 'connect_intro')}</p>
${about}
${complaint(said)}
<form method="post" action="/device">
<input type="hidden" name="user_code" value="${typed.userCode}">
<input type="hidden" name="shown" value="${waiting.fingerprint}">
${waiter(voice, waiting, typed.userCode)}
${isDevice ? aboutDevice(voice, waiting, typed, said) : undefined}
${field(voice, { name: 'name', value: typed.name, autocomplete: 'username', most: 64 }, said)}
${field(voice, { name: 'password', type: 'password', autocomplete: 'current-password' }, said)}
${isDevice ? undefined : mayGrantBox(voice, typed.mayGrant, toPortal(voice, typed.userCode, isLimited))}
<p class="choice"><button type="submit" name="answer" value="yes">${word(isDevice ? 'claim_yes' : 'device_yes')}</button>
<button type="submit" name="answer" value="no" class="quiet">${word(isDevice ? 'claim_no' : 'device_no')}</button></p>
</form>
<p>${word('device_unasked')}</p>
<p><a href="/device">${word('device_other_code')}</a></p>`;
  return page(voice, status, word(isDevice ? 'claim_title' : 'connect_title'), content);
}

/** Which things it may share is chosen where somebody has signed in: strangers are told of none. */
function toPortal({ word }: Voice, userCode: string, isLimited: boolean): Markup {
  return markup`${isLimited ? `${word('limit_stays')} ` : ''}<a href="/#/code/${encodeURIComponent(userCode)}">${word('link_limits')}</a>`;
}

/** What its owner should know before saying yes, and the name they want to give it. */
function aboutDevice(voice: Voice, waiting: WaitingCode, { deviceName }: Typed, said: Said | undefined): Markup {
  const { word } = voice;
  const taken = waiting.nameTaken && markup`<p class="help">${word('claim_name_taken')}</p>`;
  const moves = waiting.hasOwner && markup`<p class="help">${word('claim_moves')}</p>`;
  const named = {
    name: 'device_name',
    value: deviceName,
    autocomplete: 'off',
    help: 'device_name_help',
    most: 80,
  } as const;
  return markup`${taken}${moves}${field(voice, { ...named, optional: true }, said)}`;
}

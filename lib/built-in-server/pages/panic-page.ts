/** `/panic`: where an owner ends the stop of everything, with the password, in a browser. */
import { refusedForm } from '../api/refusals.ts';
import { refuseForeignForm } from '../api/request-guard.ts';
import { type SignIn, signInOwner } from '../api/sign-in.ts';
import type { Answer } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { aboutConnection, type ShownConnection } from './about-connection.ts';
import { complaint, field, type Wrong } from './field.ts';
import { page } from './layout.ts';
import { markup } from './markup.ts';
import { type Voice, voiceFor } from './voice.ts';
import { toFirstPage, toSetUp } from './ways.ts';

export interface PanicPageParts {
  model: Model;
  pages: string;
  connection: ShownConnection;
  signIn: SignIn;
}

export function panicPageRoutes(parts: PanicPageParts): Route[] {
  const path = '/panic';
  return [
    { method: 'GET', path, page: true, handle: (request) => showForm(parts, voiceFor(request)) },
    { method: 'POST', path, page: true, handle: (request) => takeForm(parts, request) },
  ];
}

function showForm(parts: PanicPageParts, voice: Voice): Answer {
  return parts.model.owners.any()
    ? form(parts, voice, 200, '')
    : page(voice, 200, voice.word('panic_title'), toSetUp(voice));
}

/** Starting again is the owner's alone, and needs the password whoever is signed in. */
async function takeForm(parts: PanicPageParts, request: Request): Promise<Answer> {
  const { model, pages } = parts;
  const voice = voiceFor(request);
  const { word } = voice;
  refuseForeignForm(request, new URL(pages).origin);
  const { name = '', password = '' } = await request.form();
  try {
    // What is pressed while a password is being checked is not ended with it.
    const pressed = model.panic.pressed(model.owners.byName(name)?.name ?? name);
    const owner = await signInOwner(parts.signIn, request, name, password);
    const wasStopped = model.panic.active(owner);
    await model.transaction(() => model.panic.end(owner, { kind: 'owner', owner }, pressed));
    const said = word(wasStopped ? 'panic_ended' : 'panic_none');
    const next = wasStopped
      ? markup`<p>${word('panic_ended_next')}</p><p><a href="/device">${word('link_device')}</a></p>`
      : toFirstPage(voice);
    return page(voice, 200, word('set_up_done_title'), markup`<p role="status">${said}</p>${next}`);
  } catch (fault) {
    const { status, text } = refusedForm(fault, voice.say);
    return form(parts, voice, status, name, { field: 'name', text });
  }
}

function form(parts: PanicPageParts, voice: Voice, status: number, name: string, wrong?: Wrong): Answer {
  const { word } = voice;
  const content = markup`<p>${word('panic_intro')}</p>
${aboutConnection(voice, parts.connection)}
${complaint(wrong)}
<form method="post" action="/panic">
${field(voice, { name: 'name', value: name, autocomplete: 'username', most: 64 }, wrong)}
${field(voice, { name: 'password', type: 'password', autocomplete: 'current-password' }, wrong)}
<button type="submit">${word('panic_button')}</button>
</form>`;
  return page(voice, status, word('panic_title'), content);
}

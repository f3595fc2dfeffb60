/** `/setup`: makes the first owner with a plain form, for browsers without script too. */
import { refusedForm } from '../api/refusals.ts';
import { refuseForeignForm } from '../api/request-guard.ts';
import type { SetUpOwner } from '../api/set-up.ts';
import type { Answer } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import { aboutConnection, type ShownConnection } from './about-connection.ts';
import { page } from './layout.ts';
import { markup } from './markup.ts';
import { setUpForm } from './set-up-form.ts';
import { type Voice, voiceFor } from './voice.ts';
import { toFirstPage } from './ways.ts';
import { type WhoWaitsParts, whoWaits } from './who-waits.ts';

export interface SetUpPageParts extends WhoWaitsParts {
  model: Pick<Model, 'setUp'>;
  pages: string;
  connection: ShownConnection;
  setUpOwner: SetUpOwner;
}

export function setUpPageRoutes(parts: SetUpPageParts): Route[] {
  const path = '/setup';
  return [
    { method: 'GET', path, page: true, handle: (request) => showForm(parts, request) },
    { method: 'POST', path, page: true, handle: (request) => takeForm(parts, request) },
  ];
}

function showForm(parts: SetUpPageParts, request: Request): Answer {
  const { setUp } = parts.model;
  const voice = voiceFor(request);
  const form = setUpForm(voice, aboutConnection(voice, parts.connection));
  if (!setUp.open()) return alreadySetUp(voice);
  const { query } = request;
  const code = query.get('code') ?? '';
  const connect = query.get('connect') ?? '';
  const filled = { code, name: '', connect, mayGrant: true };
  if (code !== '' && !setUp.valid(code))
    return form(403, { ...filled, code: '' }, undefined, {
      field: 'code',
      text: voice.say({ key: 'hint.code_invalid' }),
    });
  return form(200, filled, whoWaits(parts, request, connect));
}

async function takeForm(parts: SetUpPageParts, request: Request): Promise<Answer> {
  refuseForeignForm(request, new URL(parts.pages).origin);
  const { code = '', name = '', password = '', again = '', connect = '', grant } = await request.form();
  const filled = { code, name, connect, mayGrant: grant === 'yes' };
  const voice = voiceFor(request);
  const form = setUpForm(voice, aboutConnection(voice, parts.connection));
  const { word } = voice;
  const waiting = whoWaits(parts, request, connect);
  if (password !== again) return form(400, filled, waiting, { field: 'again', text: word('passwords_differ') });
  const connecting = connect === '' ? {} : { connect, mayGrant: filled.mayGrant };
  try {
    const { owner } = await parts.setUpOwner(request, { code, name, password, ...connecting });
    const next =
      connect === ''
        ? markup`<p>${word('set_up_not_connected')}</p><p><a href="/device">${word('link_device')}</a></p>`
        : markup`<p>${word('set_up_connected')}</p><p>${word('next_node_red')}</p>`;
    const done = markup`<p role="status">${word('set_up_done', { owner })}</p>${next}${toFirstPage(voice)}`;
    return page(voice, 200, word('set_up_done_title'), done);
  } catch (fault) {
    if (fault instanceof ModelError && fault.code === 'already_set_up') return alreadySetUp(voice);
    const { status, code, text } = refusedForm(fault, voice.say);
    return form(status, filled, waiting, { field: fieldOf(code), text });
  }
}

function fieldOf(code: string): string {
  if (code === 'weak_password') return 'password';
  if (code === 'code_invalid') return 'code';
  return code === 'code_unknown' ? 'connect' : 'name';
}

function alreadySetUp(voice: Voice): Answer {
  const { word } = voice;
  return page(
    voice,
    200,
    word('title'),
    markup`<p>${word('already_set_up')}</p><p>${word('next_node_red')}</p>${toFirstPage(voice)}`,
  );
}

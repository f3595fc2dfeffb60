/**
 * `/device`: where a code or a `need_info` sends a person (RFC 8628 3.3, UMA Grant 3.3.6). The owner lets a gateway in, or
 * says that a device is theirs.
 */
import { findCode } from '../api/codes.ts';
import { refusedForm } from '../api/refusals.ts';
import { refuseForeignForm } from '../api/request-guard.ts';
import { type SignIn, signInOwner } from '../api/sign-in.ts';
import type { Answer } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { DeviceRecord } from '../model/records.ts';
import type { Approved } from '../provider/approval.ts';
import type { WaitingCode } from '../provider/device-flow.ts';
import { aboutConnection, type ShownConnection } from './about-connection.ts';
import { answerForm, codeForm, type Typed } from './device-form.ts';
import type { Said } from './field.ts';
import { page } from './layout.ts';
import { markup } from './markup.ts';
import { type Voice, voiceFor } from './voice.ts';
import { toFirstPage, toPanic, toSetUp } from './ways.ts';
import { lookWho, type WhoWaitsParts, whoWaits } from './who-waits.ts';

export interface DevicePageParts extends WhoWaitsParts {
  model: Model;
  pages: string;
  connection: ShownConnection;
  signIn: SignIn;
}

export function devicePageRoutes(parts: DevicePageParts): Route[] {
  const path = '/device';
  return [
    { method: 'GET', path, page: true, handle: (request) => showForm(parts, request) },
    { method: 'POST', path, page: true, handle: (request) => takeForm(parts, request) },
  ];
}

/** The code first, and nothing else: what there is to say depends on who waits with it. */
function showForm(parts: DevicePageParts, request: Request): Answer {
  const voice = voiceFor(request);
  if (!parts.model.owners.any()) return page(voice, 200, voice.word('device_title'), toSetUp(voice));
  const userCode = request.query.get('user_code') ?? '';
  const typed = { userCode, name: '', mayGrant: false, deviceName: '' };
  if (userCode === '') return form(parts, voice, 200, typed, undefined);
  try {
    const waiting = lookWho(parts, request, userCode);
    return form(parts, voice, 200, { ...typed, mayGrant: isGrantTicked(parts, waiting) }, waiting);
  } catch (fault) {
    const { status, code, text } = refusedForm(fault, voice.say);
    return form(parts, voice, status, typed, undefined, wrongOf(voice, code, text));
  }
}

/** Of a gateway that is in already, only what its owner gave it before is ticked beforehand. */
function isGrantTicked({ model }: DevicePageParts, waiting: WaitingCode): boolean {
  const gateway = model.gateways.get(waiting.clientId);
  return gateway?.owner === undefined || gateway.scopes.includes('shares:grant');
}

/** The password each time, so that there is no session which another page could use. */
async function takeForm(parts: DevicePageParts, request: Request): Promise<Answer> {
  refuseForeignForm(request, new URL(parts.pages).origin);
  const sent = await request.form();
  const { user_code: userCode = '', name = '', password = '', shown, answer } = sent;
  const typed = { userCode, name, mayGrant: sent.grant === 'yes', deviceName: sent.device_name ?? '' };
  const waiting = whoWaits(parts, request, userCode);
  const voice = voiceFor(request);
  const { word } = voice;
  try {
    const owner = await signInOwner(parts.signIn, request, name, password);
    const found = findCode(parts.codes, userCode);
    const by = { kind: 'owner', owner } as const;
    if (answer === 'no') {
      await parts.model.transaction(() => parts.codes.deny(found.userCode, owner, by));
      return page(voice, 200, word('device_denied_title'), markup`<p role="status">${word('device_denied')}</p>`);
    }
    // Whoever says yes has seen to whom: a code alone may come from somebody who talks them into typing it (RFC 8628 5.4).
    if (answer !== 'yes' || shown !== found.waiting.fingerprint) {
      const ticked = { ...typed, mayGrant: typed.mayGrant && isGrantTicked(parts, found.waiting) };
      return form(parts, voice, 200, ticked, found.waiting, { kind: 'note', text: word('device_compare') });
    }
    const scopes = found.waiting.scopes.filter((scope) => typed.mayGrant || scope !== 'shares:grant');
    const named = found.waiting.kind === 'device' && typed.deviceName !== '' ? { name: typed.deviceName } : {};
    const approved = await parts.model.transaction(() => {
      parts.model.panic.refuse(owner);
      return parts.codes.approve({ userCode: found.userCode, owner, scopes, ...named }, by);
    });
    return done(parts, voice, approved);
  } catch (fault) {
    const { status, code, text } = refusedForm(fault, voice.say);
    return form(parts, voice, status, typed, waiting, wrongOf(voice, code, text));
  }
}

function wrongOf(voice: Voice, code: string, text: string): Said {
  // No field is wrong: something else comes first.
  if (code === 'panic_active') return { field: '', text, way: toPanic(voice) };
  if (code === 'invalid_request') return { field: 'device_name', text };
  return { field: code === 'code_unknown' || code === 'code_invalid' ? 'user_code' : 'name', text };
}

async function done({ model }: DevicePageParts, voice: Voice, approved: Approved): Promise<Answer> {
  const { word } = voice;
  if (approved.kind === 'device') await model.events.acknowledged(approved.events, CONFIRM_WITHIN_MS);
  const [said, next, name] =
    approved.kind === 'device'
      ? [
          'device_claimed',
          mayDoSomething(model, approved.device) ? 'device_claimed_again' : 'device_claimed_next',
          approved.device.name,
        ]
      : ['device_approved', 'next_node_red', approved.gateway.name];
  const content = markup`<p role="status">${word(said, { name })}</p><p>${word(next)}</p>${toFirstPage(voice)}`;
  return page(voice, 200, word('set_up_done_title'), content);
}

/** It was its owner's before, and something is shared with it. */
function mayDoSomething({ shares }: Model, { clientId }: DeviceRecord): boolean {
  return shares.ofDevice(clientId).some(({ ended }) => ended === undefined);
}

const CONFIRM_WITHIN_MS = 1000;

/** Whoever waits is shown, where anybody does; else the code is asked for. */
function form(
  { connection, model }: DevicePageParts,
  voice: Voice,
  status: number,
  typed: Typed,
  waiting: WaitingCode | undefined,
  said?: Said,
): Answer {
  const about = aboutConnection(voice, connection);
  if (waiting === undefined) return codeForm(voice, status, { about, userCode: typed.userCode, said });
  const isLimited = model.gateways.get(waiting.clientId)?.resources !== undefined;
  return answerForm(voice, status, { about, typed, isLimited, waiting, said });
}

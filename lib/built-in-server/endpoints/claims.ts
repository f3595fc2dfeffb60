/** `/claims`: interactive claims gathering (UMA Grant 3.3.2, 3.3.3). A person says that they stand behind a client. */

import { refusedForm } from '../api/refusals.ts';
import { refuseForeignForm } from '../api/request-guard.ts';
import type { SignIn } from '../api/sign-in.ts';
import { type Answer, empty } from '../http/answer.ts';
import { uniqueParameters } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { Tickets } from '../model/tickets.ts';
import { type ClaimsAsked, claimsForm, claimsNotice } from '../pages/claims-form.ts';
import { type Voice, voiceFor } from '../pages/voice.ts';
import type { ClientRecords } from '../provider/client-records.ts';

export interface ClaimsParts {
  pages: string;
  model: Pick<Model, 'devices'>;
  clients: Pick<ClientRecords, 'get'>;
  tickets: Tickets;
  signIn: SignIn;
}

export function claimsRoutes(parts: ClaimsParts): Route[] {
  const path = '/claims';
  return [
    { method: 'GET', path, page: true, handle: (request) => showForm(parts, request) },
    { method: 'POST', path, page: true, handle: (request) => takeForm(parts, request) },
  ];
}

function showForm(parts: ClaimsParts, request: Request): Answer {
  const voice = voiceFor(request);
  const parameters = uniqueParameters(request.query);
  if (parameters.client_id === undefined) return claimsNotice(voice, 200, 'claims_plain');
  const asked = readAsked(parts, parameters);
  if (asked === undefined) return claimsNotice(voice, 400, 'claims_broken');
  return claimsForm(voice, 200, { ...asked, ticket: exchanged(parts, asked) });
}

/** UMA Grant 5.5: what the client sent is used up by showing it here; the form goes on with another. */
function exchanged({ tickets }: ClaimsParts, { ticket, clientId }: ClaimsAsked): string {
  const taken = tickets.take(ticket, clientId);
  return taken === undefined ? ticket : tickets.issue({ ...taken, client: clientId });
}

async function takeForm(parts: ClaimsParts, request: Request): Promise<Answer> {
  refuseForeignForm(request, new URL(parts.pages).origin);
  const voice = voiceFor(request);
  const form = await request.form();
  const asked = readAsked(parts, form);
  if (asked === undefined) return claimsNotice(voice, 400, 'claims_broken');
  if (form.answer === 'no') return goBack(parts, voice, asked, undefined);
  const { name = '', password = '' } = form;
  try {
    const person = await parts.signIn(request, name, password);
    return goBack(parts, voice, asked, person.name);
  } catch (fault) {
    const { status, text } = refusedForm(fault, voice.say);
    return claimsForm(voice, status, asked, name, text);
  }
}

/**
 * Everything has to be right before anybody is shown anything: a client that an owner accepted, so that no stranger's
 * program sends people here; a ticket that is good for it; and an address that it registered, compared exactly
 * (UMA Grant 3.3.2).
 */
function readAsked({ clients, tickets, model }: ClaimsParts, sent: Record<string, string>): ClaimsAsked | undefined {
  const { client_id: clientId = '', ticket = '', claims_redirect_uri: wished, state } = sent;
  const client = clients.get(clientId);
  const registered = client?.claimsRedirectUris ?? [];
  const redirectUri = wished ?? (registered.length === 1 ? registered[0] : undefined);
  if (client === undefined || redirectUri === undefined || !registered.includes(redirectUri)) return undefined;
  if (!model.devices.claimed(clientId) || tickets.peek(ticket, clientId) === undefined) return undefined;
  if ((state?.length ?? 0) > LONGEST_STATE) return undefined;
  const who = { clientName: client.name, fingerprint: client.thumbprint };
  return { clientId, ticket, redirectUri, ...(state === undefined ? {} : { state }), ...who };
}

const LONGEST_STATE = 1000;

/**
 * UMA Grant 3.3.3: back to the client with a new ticket, which only it can use, and its `state` if it sent one. Whoever
 * says no goes back as well, and the client is told so: then the new ticket says nothing of them. Synchronous after the password was checked: of
 * two answers to one ticket the second finds none.
 */
function goBack(
  { tickets }: ClaimsParts,
  voice: Voice,
  { clientId, ticket, redirectUri, state }: ClaimsAsked,
  person: string | undefined,
): Answer {
  const taken = tickets.take(ticket, clientId);
  if (taken === undefined) return claimsNotice(voice, 400, 'claims_broken');
  const { person: _, ...bare } = taken;
  const next = tickets.issue({ ...bare, client: clientId, ...(person === undefined ? {} : { person }) });
  const target = new URL(redirectUri);
  target.searchParams.append('ticket', next);
  // RFC 6749 4.1.2.1
  if (person === undefined) target.searchParams.append('error', 'access_denied');
  if (state !== undefined) target.searchParams.append('state', state);
  return empty(303, { location: target.href });
}

import { customFetch } from 'oauth4webapi';
import { makeDpopProof } from '../proof/dpop-proof.ts';
import { endpointOf } from '../uma/endpoint.ts';
import { type Answer, exchange } from '../uma/exchange.ts';
import { isJsonObject, isText } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';
import { ServerError } from './errors.ts';
import type { Link } from './link.ts';

export interface RegistrationWish {
  /** What the owner is shown when the gateway asks to be let in. */
  name: string;
  /** Registers in the name of the owner who made it. */
  registrationToken?: string;
}

const GRANTS = ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'];

/**
 * Registers this gateway with its key (RFC 7591 3). A proof by that key goes along, so that asking again, because the
 * answer was lost or this process ended before it was stored, gives the same client.
 *
 * @returns its `client_id`; not stored yet
 * @throws ServerError `registration_refused`; UnreachableError, InvalidResponseError, DiscoveryError
 */
export async function registerGateway(link: Link, wish: RegistrationWish, signal: AbortSignal): Promise<string> {
  const answer = await ask(link, wish, signal);
  // A token that served its last use in the request whose answer was lost: the key speaks for us now.
  if (answer.status === 401 && wish.registrationToken !== undefined)
    return registerGateway(link, { name: wish.name }, signal);
  const clientId = isJsonObject(answer.json) ? answer.json.client_id : undefined;
  if (answer.status === 201 && isText(clientId)) return clientId;
  const { status, error = 'none', description = '' } = answerOf(answer);
  throw new ServerError('registration_refused', `${link.issuer} does not register this gateway (${status} ${error})`, {
    hintKey: 'hint.gateway_refused',
    values: { server: link.issuer, why: description || error },
  });
}

async function ask(link: Link, wish: RegistrationWish, signal: AbortSignal, nonce?: string): Promise<Answer> {
  const http = link.http(signal);
  const url = endpointOf(await link.metadata(signal), 'registration_endpoint', http);
  const { registrationToken } = wish;
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    dpop: makeDpopProof({ key: link.key, method: 'POST', url: url.href, ...(nonce !== undefined && { nonce }) }),
    ...(registrationToken !== undefined && { authorization: `Bearer ${registrationToken}` }),
  };
  const body = JSON.stringify(metadataOf(link, wish));
  const answer = await exchange(link.issuer, http, ({ [customFetch]: fetch }) =>
    fetch(url.href, { method: 'POST', headers, body, redirect: 'manual', signal }),
  );
  const given = answer.headers.get('dpop-nonce') ?? undefined;
  const asksForNonce = answerOf(answer).error === 'use_dpop_nonce' && nonce === undefined && given !== undefined;
  return asksForNonce ? ask(link, wish, signal, given) : answer;
}

function metadataOf({ key }: Link, { name }: RegistrationWish): object {
  return {
    client_name: name,
    jwks: { keys: [key.publicJwk] },
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: true,
    grant_types: GRANTS,
    response_types: [],
  };
}

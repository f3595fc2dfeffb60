import { type DPoPHandle, protectedResourceRequest } from 'oauth4webapi';
import { InvalidArgumentError, ProofRefusedError, ProtectionTokenError } from './errors.ts';
import { type Answer, exchange, type Http } from './exchange.ts';
import { isCredential } from './json-body.ts';
import { answerOf } from './server-answer.ts';
import type { UmaServerMetadata } from './server-metadata.ts';

/**
 * The authority of a resource server at one authorization server (Federated Authorization 1.3): its PAT, and the handle
 * of the key that the PAT is bound to, if it is bound to one. A PAT that is refused is a `ProtectionTokenError`: get a
 * new one, once.
 */
export interface ProtectionApi {
  server: UmaServerMetadata;
  /** The PAT. */
  token: string;
  dpop?: DPoPHandle;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call with the PAT, as `DPoP` with a proof or as `Bearer`. An object is sent as JSON, parameters as a form.
 *
 * @throws {@link ProtectionTokenError} for 401 and 403: RFC 6750 3.1 has one for a bad token, the other for one without
 *   the scope, and some servers mix them up
 * @throws {@link ProofRefusedError}, {@link UnreachableError}, {@link InvalidResponseError}
 */
export async function callProtectionApi(
  { server, token, dpop }: ProtectionApi,
  method: Method,
  url: URL,
  http: Http,
  body?: object,
): Promise<Answer> {
  // Otherwise the header's own error would show it.
  if (!isCredential(token)) throw new InvalidArgumentError('the PAT is not a token');
  const { contentType, content } = encode(body);
  const headers = new Headers({ accept: 'application/json', ...(contentType && { 'content-type': contentType }) });
  const answer = await exchange(
    server.issuer,
    http,
    (wire) => protectedResourceRequest(token, method, url, headers, content, { ...wire, ...(dpop && { DPoP: dpop }) }),
    dpop,
  );
  if (answer.status !== 401 && answer.status !== 403) return answer;
  const response = answerOf(answer);
  const aboutProof = response.error === 'invalid_dpop_proof' || response.error === 'use_dpop_nonce';
  throw aboutProof ? new ProofRefusedError(response) : new ProtectionTokenError(response);
}

function encode(body: object | undefined): { contentType?: string; content?: string } {
  if (body === undefined) return {};
  if (body instanceof URLSearchParams) {
    return { contentType: 'application/x-www-form-urlencoded;charset=UTF-8', content: body.toString() };
  }
  return { contentType: 'application/json', content: JSON.stringify(body) };
}

import {
  allowInsecureRequests,
  type CustomFetchOptions,
  customFetch,
  type DPoPHandle,
  type HttpRequestOptions,
  type JsonValue,
  type ProtectedResourceRequestBody,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { readJsonBody } from './json-body.ts';
import { errorCodesOf } from './server-answer.ts';
import { reaching, unavailable } from './unreachable.ts';

/** The HTTP client, in the shape of `fetch`. It must not follow redirects, and must obey `signal`. */
export type Fetch = (
  url: string,
  options: CustomFetchOptions<string, ProtectedResourceRequestBody>,
) => Promise<Response>;

/** What every function of this room that talks to a server is given. */
export interface Http {
  fetch: Fetch;
  /** Ends the exchange. Aborted by a time-out it becomes an `UnreachableError`; otherwise its reason is thrown as it is. */
  signal?: AbortSignal;
  /** Allows `http` beyond loopback. Only where the user has agreed to be overheard. */
  allowInsecureHttp?: boolean;
}

/** An answer, read to its end. `json` is absent unless the body was JSON and said so. */
export interface Answer {
  status: number;
  headers: Headers;
  json?: JsonValue;
}

/** `Http` in the library's words. */
export interface Wire extends HttpRequestOptions<string, ProtectedResourceRequestBody> {
  [customFetch]: Fetch;
  signal?: AbortSignal;
}

/**
 * One request to `server` (named so in errors), sent again once if it asks for a DPoP nonce (RFC 9449 8 and 9); asked
 * twice, the second answer stands. The handle keeps the nonce, and `send` makes a fresh request each time, so nothing
 * single-use is repeated.
 *
 * @throws {@link UnreachableError} where there is no answer, or 5xx or 429
 * @throws {@link InvalidResponseError} for a body that is too long
 */
export async function exchange(
  server: string,
  http: Http,
  send: (wire: Wire) => Promise<Response>,
  dpop?: DPoPHandle,
): Promise<Answer> {
  const answer = await sendOnce(server, http, send);
  return dpop && asksForNonce(answer) ? sendOnce(server, http, send) : answer;
}

function asksForNonce(answer: Answer): boolean {
  return answer.headers.has('dpop-nonce') && errorCodesOf(answer).includes('use_dpop_nonce');
}

async function sendOnce(server: string, http: Http, send: (wire: Wire) => Promise<Response>): Promise<Answer> {
  const response = await send(wireOptions(server, http)).catch(responseBehindChallenge);
  const json = await reaching(server, http.signal, () => readJsonBody(response));
  const answer: Answer = { status: response.status, headers: response.headers, ...(json !== undefined && { json }) };
  if (answer.status >= 500 || answer.status === 429) throw unavailable(server, answer);
  return answer;
}

/** Plain http is allowed here because `endpointOf` has judged the URL before, more strictly than the library would. */
function wireOptions(server: string, http: Http): Wire {
  return {
    [customFetch]: (url, options) => reaching(server, http.signal, () => http.fetch(url, options)),
    [allowInsecureRequests]: true,
    ...(http.signal && { signal: http.signal }),
  };
}

/** The library rejects with any challenge it sees; to us it is an answer like the others. */
function responseBehindChallenge(error: unknown): Response {
  if (error instanceof WWWAuthenticateChallengeError) return error.response;
  throw error;
}

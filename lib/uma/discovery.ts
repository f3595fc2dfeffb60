import { customFetch, discoveryRequest } from 'oauth4webapi';
import { endpointOf, safeUrl } from './endpoint.ts';
import { DiscoveryError } from './errors.ts';
import { exchange, type Http, type Wire } from './exchange.ts';
import { isJsonObject, isText, type JsonObject } from './json-body.ts';
import { answerOf } from './server-answer.ts';
import type { UmaServerMetadata } from './server-metadata.ts';

const WELL_KNOWN = '/.well-known/uma2-configuration';

/** What UMA needs, though many servers publish it in their OAuth or OpenID Connect metadata only. */
const OFTEN_ELSEWHERE = [
  'token_endpoint',
  'jwks_uri',
  'introspection_endpoint',
  'revocation_endpoint',
  'registration_endpoint',
  'device_authorization_endpoint',
];

const ENDPOINTS = [...OFTEN_ELSEWHERE, 'permission_endpoint', 'resource_registration_endpoint'];

export interface DiscoveryOptions extends Http {
  /** The issuer that the document must name, where `where` is the document's own URL. */
  issuer?: string;
}

interface IssuerDocument extends JsonObject {
  readonly issuer: string;
}

/**
 * Fetches what an authorization server says of itself (UMA Grant 2, Federated Authorization 2). Endpoints that its UMA
 * document lacks are looked for in its OpenID Connect and OAuth documents (RFC 8414 3), which count only if they name
 * exactly the same issuer.
 *
 * @param where the issuer, compared exactly; or the URL of the discovery document itself (it has `/.well-known/` in it),
 *   for servers where that is not the issuer with a suffix. Such a document must name `issuer`, or, without that option,
 *   an issuer of its own origin.
 * @throws {@link DiscoveryError} where the document is missing, is of another issuer, or names an unsafe endpoint
 * @throws {@link UnreachableError} where the server cannot be reached
 */
export async function discover(where: string, http: DiscoveryOptions): Promise<UmaServerMetadata> {
  const address = safeUrl(where, 'issuer', http);
  const isDocument = address.pathname.includes('/.well-known/');
  const url = isDocument ? where : documentUrl(where, address);
  const uma = await fetchUmaDocument(url, http);
  checkIssuer(uma, { expected: isDocument ? http.issuer : where, origin: address.origin });
  return checked(await completed(uma, http), http);
}

function documentUrl(issuer: string, address: URL): string {
  if (address.search) {
    throw new DiscoveryError('invalid_url', 'an issuer has no query', { values: { what: 'issuer' } });
  }
  return issuer.replace(/\/$/, '') + WELL_KNOWN;
}

async function fetchUmaDocument(url: string, http: Http): Promise<IssuerDocument> {
  const answer = await exchange(new URL(url).origin, http, (wire) => getJson(url, wire));
  const response = answerOf(answer);
  if (answer.status !== 200) {
    throw new DiscoveryError('no_uma_discovery', `${url} answers ${answer.status}`, { response, values: { url } });
  }
  if (isIssuerDocument(answer.json)) return answer.json;
  throw new DiscoveryError('invalid_metadata', `${url} is no discovery document`, { response, values: { url } });
}

/** The library's own request knows the two other well-known names only. */
function getJson(url: string, { [customFetch]: fetch, signal }: Wire): Promise<Response> {
  const headers = { accept: 'application/json' };
  return fetch(url, { method: 'GET', headers, body: undefined, redirect: 'manual', ...(signal && { signal }) });
}

function isIssuerDocument(json: unknown): json is IssuerDocument {
  return isJsonObject(json) && isText(json.issuer);
}

function checkIssuer(
  { issuer }: IssuerDocument,
  { expected, origin }: { expected?: string | undefined; origin: string },
) {
  const matches =
    expected === undefined ? URL.canParse(issuer) && new URL(issuer).origin === origin : issuer === expected;
  if (matches) return;
  throw new DiscoveryError('issuer_mismatch', `the server calls itself ${issuer}`, {
    values: { expected: expected ?? origin, actual: issuer },
  });
}

/** Adds what the UMA document lacks; what it says itself stands. */
async function completed(uma: IssuerDocument, http: Http): Promise<IssuerDocument> {
  let known = uma;
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    if (OFTEN_ELSEWHERE.every((name) => known[name] !== undefined)) break;
    known = { ...(await fetchGeneralDocument(uma.issuer, algorithm, http)), ...known };
  }
  return known;
}

async function fetchGeneralDocument(issuer: string, algorithm: 'oidc' | 'oauth2', http: Http): Promise<JsonObject> {
  const { status, json } = await exchange(issuer, http, (wire) => {
    return discoveryRequest(safeUrl(issuer, 'issuer', http), { algorithm, ...wire });
  });
  return status === 200 && isIssuerDocument(json) && json.issuer === issuer ? json : {};
}

function checked(server: UmaServerMetadata, http: Http): UmaServerMetadata {
  for (const name of ENDPOINTS) {
    if (name === 'token_endpoint' || server[name] !== undefined) endpointOf(server, name, http);
  }
  return server;
}

import { endpointOf } from './endpoint.ts';
import {
  InvalidArgumentError,
  InvalidResponseError,
  RegistrationError,
  ResourceNotFoundError,
  type UmaError,
} from './errors.ts';
import type { Answer, Http } from './exchange.ts';
import { isStringArray, isText, type JsonObject } from './json-body.ts';
import { callProtectionApi, type ProtectionApi } from './protection-api.ts';
import { answerOf } from './server-answer.ts';
import { bodyOf, invalid } from './token-response.ts';

/** What an owner sees of a resource when sharing it (Federated Authorization 3.1). */
export interface ResourceDescription {
  scopes: string[];
  name?: string;
  description?: string;
  type?: string;
  iconUri?: string;
}

/** What the server says of a resource it keeps (Federated Authorization 3.2). */
export interface Registration {
  /** The server's `_id` of the resource. */
  id: string;
  /** A page of the server where the owner decides who may use the resource. */
  userAccessPolicyUri?: string;
}

/** A registered resource as the server has it (Federated Authorization 3.2.2). */
export interface RegisteredResource extends Registration, ResourceDescription {}

/*
 * All five throw `ProtectionTokenError` for a refused PAT, `RegistrationError` for a refused request, `InvalidResponseError`,
 * `UnreachableError`, and `DiscoveryError` for a server without the endpoint.
 */

/** Registers a resource (Federated Authorization 3.2.1). Not idempotent: asked twice, most servers keep two. */
export async function createResource(
  api: ProtectionApi,
  description: ResourceDescription,
  http: Http,
): Promise<Registration> {
  const answer = await callProtectionApi(api, 'POST', registrationUrl(api, http), http, toWire(description));
  if (answer.status !== 201) throw registrationRefusal(answer);
  return readRegistration(answer);
}

/**
 * Reads a registered resource (Federated Authorization 3.2.2).
 *
 * @throws {@link ResourceNotFoundError}
 */
export async function readResource(api: ProtectionApi, id: string, http: Http): Promise<RegisteredResource> {
  const answer = await callProtectionApi(api, 'GET', resourceUrl(api, id, http), http);
  if (answer.status !== 200) throw registrationRefusal(answer);
  return { ...readRegistration(answer), ...readDescription(answer) };
}

/**
 * Replaces the whole description of a resource (Federated Authorization 3.2.3).
 *
 * @throws {@link ResourceNotFoundError}
 */
export async function updateResource(
  api: ProtectionApi,
  id: string,
  description: ResourceDescription,
  http: Http,
): Promise<Registration> {
  const answer = await callProtectionApi(api, 'PUT', resourceUrl(api, id, http), http, toWire(description));
  // 204 is not in the specification, but in servers.
  if (answer.status === 204) return { id };
  if (answer.status !== 200) throw registrationRefusal(answer);
  return readRegistration(answer);
}

/**
 * Removes a resource (Federated Authorization 3.2.4).
 *
 * @throws {@link ResourceNotFoundError} where it is gone already
 */
export async function deleteResource(api: ProtectionApi, id: string, http: Http): Promise<void> {
  const answer = await callProtectionApi(api, 'DELETE', resourceUrl(api, id, http), http);
  if (answer.status !== 200 && answer.status !== 204) throw registrationRefusal(answer);
}

/** Lists the ids of all resources registered by this resource server for the PAT's owner (Federated Authorization 3.2.5). */
export async function listResources(api: ProtectionApi, http: Http): Promise<string[]> {
  const answer = await callProtectionApi(api, 'GET', registrationUrl(api, http), http);
  if (answer.status !== 200) throw registrationRefusal(answer);
  if (isStringArray(answer.json)) return answer.json;
  throw new InvalidResponseError('the list of resources is not an array of ids', { response: answerOf(answer) });
}

function registrationUrl({ server }: ProtectionApi, http: Http): URL {
  return endpointOf(server, 'resource_registration_endpoint', http);
}

/** Ids come from the server, but also from stored records: one must not climb out of the endpoint's path. */
function resourceUrl(api: ProtectionApi, id: string, http: Http): URL {
  if (/^\.{0,2}$/.test(id)) throw new InvalidArgumentError('this cannot be the id of a resource');
  const url = registrationUrl(api, http);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(id)}`;
  return url;
}

function toWire({ scopes, name, description, type, iconUri }: ResourceDescription): object {
  return { resource_scopes: scopes, name, description, type, icon_uri: iconUri };
}

function readRegistration(answer: Answer): Registration {
  const { _id: id, user_access_policy_uri: policyUri } = bodyOf(answer);
  if (!isText(id)) throw invalid(answer, '_id');
  return { id, ...(isWebPage(policyUri) && { userAccessPolicyUri: policyUri }) };
}

/** A person will be sent there: anything but a page is left out. */
function isWebPage(uri: unknown): uri is string {
  return isText(uri) && URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol);
}

function readDescription(answer: Answer): ResourceDescription {
  const body: JsonObject = bodyOf(answer);
  const { resource_scopes: scopes, name, description, type, icon_uri: iconUri } = body;
  if (!isStringArray(scopes)) throw invalid(answer, 'resource_scopes');
  return {
    scopes,
    ...(isText(name) && { name }),
    ...(isText(description) && { description }),
    ...(isText(type) && { type }),
    ...(isText(iconUri) && { iconUri }),
  };
}

function registrationRefusal(answer: Answer): UmaError {
  const response = answerOf(answer);
  if (answer.status === 404) return new ResourceNotFoundError(response);
  if (answer.status >= 400) return new RegistrationError(response);
  return new InvalidResponseError(`the server answers ${answer.status}`, { response });
}

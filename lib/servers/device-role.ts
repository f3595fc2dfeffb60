import { calculateJwkThumbprint } from 'jose';
import { endpointOf } from '../uma/endpoint.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import type { Answer } from '../uma/exchange.ts';
import { isJsonObject, isText } from '../uma/json-body.ts';
import { callProtectionApi } from '../uma/protection-api.ts';
import { answerOf } from '../uma/server-answer.ts';
import type { Assurance, DeviceRole, DeviceStanding, DeviceState } from './authorization-server.ts';
import { codeState, pollCode, requestCode } from './device-authorization.ts';
import type { DeviceClients } from './device-clients.ts';
import { ServerError } from './errors.ts';
import type { Link } from './link.ts';
import type { OwnerApi } from './owner-api.ts';
import type { Protection } from './protection-token.ts';
import { askForNewKey } from './replace-key.ts';

export interface DeviceRoleParts {
  link: Link;
  clientOf: DeviceClients;
  protection: Protection;
  ownerApi: OwnerApi;
  /** Hears whose gateway this is: its devices may be somebody else's by now. */
  ownerIs(name: string): Promise<void>;
  nowMs(): number;
}

/** Says who the owner is, and opens nothing. */
const CLAIM = 'device:claim';
const UMA_TICKET = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const STATES: readonly string[] = ['provisioned', 'active', 'quarantined', 'retired'] satisfies DeviceState[];
const ASSURANCES: readonly string[] = ['device', 'shared', 'gateway'] satisfies Assurance[];

/** The devices whose keys this gateway holds, at the built-in server. */
export function createDeviceRole(parts: DeviceRoleParts): DeviceRole {
  const { link, clientOf, protection, nowMs } = parts;

  async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    return protection.call((api) => callProtectionApi(api, method, link.url(path), link.http(), body));
  }

  return {
    /** RFC 7591 3 with the gateway's PAT as the initial access token. */
    register: (device) =>
      protection.call(async (api) => {
        const http = link.http();
        const url = endpointOf(api.server, 'registration_endpoint', http);
        return readClientId(await callProtectionApi(api, 'POST', url, http, metadataOf(device)), link.issuer);
      }),
    async standing(clientId) {
      const answer = await call('GET', `/devices/${encodeURIComponent(clientId)}`);
      const standing = readStanding(answer, link.issuer);
      const gatewayOwner = isJsonObject(answer.json) ? answer.json.gateway_owner : undefined;
      if (isText(gatewayOwner)) await parts.ownerIs(gatewayOwner);
      return standing;
    },
    async setState(clientId, state) {
      const id = encodeURIComponent(clientId);
      if (state === 'active') return void (await parts.ownerApi.call('POST', `/api/devices/${id}/resume`, {}));
      const answer = await call('POST', `/devices/${id}/state`, { state });
      // Whose key another keeps, or nobody but itself, is beyond a PAT; an owner who lets us take back lets us stop it.
      if (answer.status === 404 && link.state.secrets().owner?.scopes.includes('shares:reduce'))
        await parts.ownerApi.call('POST', `/api/devices/${id}/${STOPS[state]}`, {});
      else readStanding(answer, link.issuer);
    },
    startClaim: async (device) => requestCode(await clientOf(device), CLAIM, link.http(), nowMs()),
    async pollClaim(device, deviceCode) {
      const state = codeState(await pollCode(await clientOf(device), deviceCode, link.http()));
      return state === 'approved' ? 'claimed' : state;
    },
    async replaceKey(device, next, continuity) {
      const answer = await askForNewKey(link, device, continuity);
      const jkt = await calculateJwkThumbprint(next);
      if (answer.status !== 200 || !isJsonObject(answer.json) || answer.json.jkt !== jkt)
        throw refusal(answer, link.issuer);
    },
  };
}

const STOPS = { quarantined: 'suspend', retired: 'retire' } as const;

function metadataOf({ name, jwk }: { name: string; jwk: JsonWebKey }): object {
  return {
    client_name: name,
    jwks: { keys: [jwk] },
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: true,
    grant_types: [UMA_TICKET, DEVICE_CODE],
    response_types: [],
  };
}

function readClientId(answer: Answer, server: string): { clientId: string } {
  const clientId = isJsonObject(answer.json) ? answer.json.client_id : undefined;
  if (answer.status === 201 && isText(clientId)) return { clientId };
  throw refusal(answer, server);
}

function readStanding(answer: Answer, server: string): DeviceStanding {
  if (answer.status !== 200) throw refusal(answer, server);
  const { client_id: clientId, name, state, owner, assurance, jkt } = isJsonObject(answer.json) ? answer.json : {};
  if (isText(clientId) && typeof name === 'string' && isState(state) && isAssurance(assurance)) {
    const known = { ...(isText(owner) && { owner }), ...(isText(jkt) && { keyThumbprint: jkt }) };
    return { clientId, name, state, assurance, ...known };
  }
  throw new InvalidResponseError('the server does not say how the device stands', { response: answerOf(answer) });
}

function isState(value: unknown): value is DeviceState {
  return typeof value === 'string' && STATES.includes(value);
}

function isAssurance(value: unknown): value is Assurance {
  return typeof value === 'string' && ASSURANCES.includes(value);
}

function refusal(answer: Answer, server: string): ServerError {
  const { status, error = 'none', description = '' } = answerOf(answer);
  if (status === 404)
    return new ServerError('not_found', `${server} knows no such device of this gateway`, { values: { server } });
  return new ServerError('refused', `${server} refuses (${status} ${error})`, {
    hintKey: 'hint.server_refused',
    values: { server, error, sentence: description || error },
  });
}

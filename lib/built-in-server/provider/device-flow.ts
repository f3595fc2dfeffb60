import type { AdapterPayload } from 'oidc-provider';
import { newSecret } from '../model/ids.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { Actor, GatewayRecord } from '../model/records.ts';
import type { ClientRecord, ClientRecords } from './client-records.ts';
import type { DeviceCodes } from './device-codes.ts';
import { gatewayScopes, shareScopes } from './scopes.ts';
import type { TokenRecords } from './token-records.ts';

/** A code that waits for an owner, as the owner is shown it. */
export interface WaitingCode {
  clientId: string;
  name: string;
  /** RFC 7638 thumbprint of the asker's key, for comparison. */
  fingerprint: string;
  scopes: string[];
  askedAt: number;
  from: string;
}

export interface Approval {
  userCode: string;
  owner: string;
  /** At most what was asked; by default all of it. */
  scopes?: readonly string[];
  /** Where `shares:grant` is limited: to these resources. */
  resources?: readonly string[];
}

/** RFC 8628 from the owner's side. Synchronous: call it inside the transaction that answers the owner. */
export interface DeviceFlow {
  waiting(userCode: string): WaitingCode | undefined;
  /**
   * Binds the gateway to the owner and gives it what was approved; its next poll succeeds.
   * @throws ModelError `code_invalid`, `device_of_another`, `not_supported`, `scope_unknown`
   */
  approve(approval: Approval, by: Actor): GatewayRecord;
  /** @throws ModelError `code_invalid` */
  deny(userCode: string, owner: string, by: Actor): void;
  /** Approves the code at once where the gateway registered with an owner's registration token, which is good for one flow. */
  approveIfPromised(userCode: string): void;
}

export interface DeviceFlowParts {
  codes: DeviceCodes;
  clients: ClientRecords;
  tokens: TokenRecords;
  model: Pick<Model, 'gateways' | 'history' | 'panic' | 'nowSeconds'>;
}

export function createDeviceFlow(parts: DeviceFlowParts): DeviceFlow {
  const { codes, clients, model } = parts;
  const find = (userCode: string) => {
    const code = codes.waiting(userCode);
    const client = clients.get(String(code?.clientId));
    return code && client ? { code, client } : undefined;
  };
  const findOrRefuse = (userCode: string) => {
    const found = find(userCode);
    if (found === undefined) throw new ModelError('code_invalid', 'no device or gateway waits with this code');
    return found;
  };
  return {
    waiting(userCode) {
      const found = find(userCode);
      return found && shown(found.code, found.client);
    },
    approve: (approval, by) => approve(parts, findOrRefuse(approval.userCode), approval, by),
    deny(userCode, owner, by) {
      const { code, client } = findOrRefuse(userCode);
      codes.put(String(code.jti), { ...code, error: 'access_denied', errorDescription: 'the owner said no' });
      model.history.add({
        what: 'connection_denied',
        by,
        owner,
        values: { gateway: client.clientId, name: client.name },
      });
    },
    approveIfPromised(userCode) {
      const found = find(userCode);
      const promised = found?.client.promised;
      if (found === undefined || promised === undefined || model.panic.active(promised)) return;
      const scopes = askedScopes(found.code).filter((scope) => gatewayScopes.includes(scope));
      approve(parts, found, { userCode, owner: promised, scopes }, { kind: 'server' });
    },
  };
}

function shown(code: AdapterPayload, client: ClientRecord): WaitingCode {
  return {
    clientId: client.clientId,
    name: client.name,
    fingerprint: client.thumbprint,
    scopes: askedScopes(code),
    askedAt: code.iat ?? 0,
    from: String(code.deviceInfo?.ip ?? ''),
  };
}

function askedScopes(code: AdapterPayload): string[] {
  return String(code.params?.scope ?? '')
    .split(' ')
    .filter(Boolean);
}

function approve(
  parts: DeviceFlowParts,
  { code, client }: { code: AdapterPayload; client: ClientRecord },
  { owner, scopes = askedScopes(code), resources }: Approval,
  by: Actor,
): GatewayRecord {
  const { model, clients } = parts;
  const gateway = model.gateways.get(client.clientId);
  if (gateway === undefined) throw new ModelError('not_supported', 'claiming a device by code is not possible yet');
  if (gateway.owner !== undefined && gateway.owner !== owner) {
    throw new ModelError('device_of_another', 'this gateway belongs to another owner');
  }
  const asked = askedScopes(code);
  if (!scopes.every((scope) => asked.includes(scope))) {
    throw new ModelError('scope_unknown', 'approving can give less than was asked, not more');
  }
  const given = shareScopes.filter((scope) => scopes.includes(scope));
  const { resources: _, ...unlimited } = gateway;
  const bound: GatewayRecord = { ...unlimited, owner, scopes: given, connectedAt: model.nowSeconds() };
  const limited = resources === undefined ? bound : { ...bound, resources: [...resources] };
  model.gateways.put(limited);
  const { promised: __, ...kept } = client;
  const owned = { ...kept, owned: true } as const;
  clients.put(scopes.includes('uma_protection') ? { ...owned, scope: gatewayScopes.join(' ') } : owned);
  giveGrant(parts, code, client, owner, given);
  const values = { gateway: client.clientId, name: client.name, scopes: scopes.join(' ') };
  model.history.add({ what: 'gateway_approved', by, owner, values });
  return limited;
}

/** What the provider would have written had the owner walked through its own pages. */
function giveGrant(
  parts: DeviceFlowParts,
  code: AdapterPayload,
  client: ClientRecord,
  owner: string,
  scopes: string[],
): void {
  const { codes, tokens, model } = parts;
  const grantId = newSecret();
  const scope = scopes.join(' ');
  const iat = model.nowSeconds();
  const ids = { clientId: client.clientId, accountId: owner };
  const exp = iat + 315_360_000;
  tokens.put('Grant', grantId, { kind: 'Grant', jti: grantId, ...ids, iat, exp, openid: { scope } });
  codes.put(String(code.jti), { ...code, accountId: owner, grantId, scope, authTime: iat });
}

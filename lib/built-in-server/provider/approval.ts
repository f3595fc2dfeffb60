/** What an owner's yes to a code does (RFC 8628 3.3): a gateway is let in, a device becomes the owner's. */
import type { AdapterPayload } from 'oidc-provider';
import { newSecret } from '../model/ids.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { Actor, DeviceRecord, GatewayRecord } from '../model/records.ts';
import type { ClientRecord, ClientRecords } from './client-records.ts';
import type { DeviceCodes } from './device-codes.ts';
import { claimScope, gatewayScopes, shareScopes } from './scopes.ts';
import type { TokenRecords } from './token-records.ts';

export interface Approval {
  userCode: string;
  owner: string;
  /** At most what was asked; by default all of it. */
  scopes?: readonly string[];
  /**
   * Where a gateway's `shares:grant` is limited: to these resources, or, with `null`, not any more. By default as it is: a
   * gateway that asks anew, as after a panic, must not lose its limit by a plain yes.
   */
  resources?: readonly string[] | null;
  /** What the owner calls the device. */
  name?: string;
}

/** `events`: wait for their acknowledgement before answering. */
export type Approved =
  | { kind: 'gateway'; gateway: GatewayRecord }
  | { kind: 'device'; device: DeviceRecord; events: number[] };

export interface ApprovalParts {
  codes: DeviceCodes;
  clients: ClientRecords;
  tokens: TokenRecords;
  model: Pick<Model, 'devices' | 'gateways' | 'history' | 'nowSeconds'>;
}

/** Who waits, and what for. */
interface Asked {
  code: AdapterPayload;
  client: ClientRecord;
  scopes: string[];
}

/** The token that its next poll gets says who the owner is, and opens nothing. */
export function approveDevice(parts: ApprovalParts, asked: Asked, approval: Approval, by: Actor): Approved {
  const { owner, scopes = asked.scopes, resources, name } = approval;
  if (resources !== undefined) throw new ModelError('invalid_request', 'resources limit what a gateway may share');
  refuseMore(asked, scopes);
  if (!scopes.includes(claimScope))
    throw new ModelError('invalid_request', `a device asks for ${claimScope} and no less`);
  const { clientId } = asked.client;
  const wish = { device: clientId, owner, ...(name === undefined ? {} : { name }) };
  const claimed = parts.model.devices.claimByCode(wish, by);
  giveGrant(parts, asked, owner, [claimScope]);
  return { kind: 'device', ...claimed };
}

export function approveGateway(parts: ApprovalParts, asked: Asked, approval: Approval, by: Actor): Approved {
  const { model, clients } = parts;
  const { client } = asked;
  const { owner, scopes = asked.scopes, resources, name } = approval;
  const gateway = model.gateways.get(client.clientId);
  if (gateway === undefined) throw new ModelError('code_invalid', 'no gateway waits with this code');
  if (gateway.owner !== undefined && gateway.owner !== owner) {
    throw new ModelError('device_of_another', 'this gateway belongs to another owner');
  }
  if (name !== undefined) throw new ModelError('invalid_request', 'only a device is named');
  refuseMore(asked, scopes);
  const given = shareScopes.filter((scope) => scopes.includes(scope));
  const { resources: before, asksAnew: _, ...unlimited } = gateway;
  const only = resources === undefined ? before : resources;
  const bound: GatewayRecord = { ...unlimited, owner, scopes: given, connectedAt: model.nowSeconds() };
  const limited = only ? { ...bound, resources: [...only] } : bound;
  model.gateways.put(limited);
  const { promised: __, ...kept } = client;
  const owned = { ...kept, owned: true } as const;
  clients.put(scopes.includes('uma_protection') ? { ...owned, scope: gatewayScopes.join(' ') } : owned);
  giveGrant(parts, asked, owner, given);
  const values = { gateway: client.clientId, name: client.name, scopes: scopes.join(' ') };
  model.history.add({ what: 'gateway_approved', by, owner, values });
  return { kind: 'gateway', gateway: limited };
}

function refuseMore(asked: Asked, scopes: readonly string[]): void {
  if (scopes.every((scope) => asked.scopes.includes(scope))) return;
  throw new ModelError('scope_unknown', 'approving can give less than was asked, not more');
}

/** What the provider would have written had the owner walked through its own pages. */
function giveGrant({ codes, tokens, model }: ApprovalParts, asked: Asked, owner: string, scopes: string[]): void {
  const { code, client } = asked;
  const grantId = newSecret();
  const scope = scopes.join(' ');
  const iat = model.nowSeconds();
  const ids = { clientId: client.clientId, accountId: owner };
  const exp = iat + 315_360_000;
  tokens.put('Grant', grantId, { kind: 'Grant', jti: grantId, ...ids, iat, exp, openid: { scope } });
  codes.put(String(code.jti), { ...code, accountId: owner, grantId, scope, authTime: iat });
}

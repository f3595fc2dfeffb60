import type { AdapterPayload } from 'oidc-provider';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { Actor } from '../model/records.ts';
import { type Approval, type ApprovalParts, type Approved, approveDevice, approveGateway } from './approval.ts';
import type { ClientRecord } from './client-records.ts';
import { gatewayScopes } from './scopes.ts';

/** A code that waits for an owner, as the owner is shown it. */
export interface WaitingCode {
  kind: 'gateway' | 'device';
  clientId: string;
  /** What it calls itself. */
  name: string;
  /** RFC 7638 thumbprint of the asker's key, for comparison. */
  fingerprint: string;
  scopes: string[];
  askedAt: number;
  from: string;
  /** Of a device: another goes by this name. */
  nameTaken?: true;
  /** Of a device: it is somebody's already. If not of whoever says yes, all that was shared with it ends. */
  hasOwner?: true;
}

/** RFC 8628 from the owner's side. Synchronous: call it inside the transaction that answers the owner. */
export interface DeviceFlow {
  waiting(userCode: string): WaitingCode | undefined;
  /**
   * Binds the gateway to the owner and gives it what was approved, or makes the device the owner's; its next poll succeeds.
   * @throws ModelError `code_invalid`, `device_of_another`, `scope_unknown`, `invalid_request`; as `claimByCode`
   */
  approve(approval: Approval, by: Actor): Approved;
  /** @throws ModelError `code_invalid` */
  deny(userCode: string, owner: string, by: Actor): void;
  /** Approves the code at once where the gateway registered with an owner's registration token, which is good for one flow. */
  approveIfPromised(userCode: string): void;
}

export interface DeviceFlowParts extends ApprovalParts {
  model: ApprovalParts['model'] & Pick<Model, 'panic'>;
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
      return found && shown(model, found.code, found.client);
    },
    approve(approval, by) {
      const found = { ...findOrRefuse(approval.userCode) };
      const asked = { ...found, scopes: askedScopes(found.code) };
      return found.client.kind === 'device'
        ? approveDevice(parts, asked, approval, by)
        : approveGateway(parts, asked, approval, by);
    },
    deny(userCode, owner, by) {
      const { code, client } = findOrRefuse(userCode);
      codes.put(String(code.jti), { ...code, error: 'access_denied', errorDescription: 'the owner said no' });
      const values = { name: client.name };
      model.history.add(
        client.kind === 'device'
          ? { what: 'claim_denied', by, owner, device: client.clientId, values }
          : { what: 'connection_denied', by, owner, values: { gateway: client.clientId, ...values } },
      );
    },
    approveIfPromised(userCode) {
      const found = find(userCode);
      const promised = found?.client.promised;
      if (found === undefined || promised === undefined || model.panic.active(promised)) return;
      const asked = { ...found, scopes: askedScopes(found.code) };
      const scopes = asked.scopes.filter((scope) => gatewayScopes.includes(scope));
      approveGateway(parts, asked, { userCode, owner: promised, scopes }, { kind: 'server' });
    },
  };
}

function shown(model: Pick<Model, 'devices'>, code: AdapterPayload, client: ClientRecord): WaitingCode {
  const { kind, clientId, name, thumbprint } = client;
  return {
    kind,
    clientId,
    name,
    fingerprint: thumbprint,
    scopes: askedScopes(code),
    askedAt: code.iat ?? 0,
    from: String(code.deviceInfo?.ip ?? ''),
    ...(kind === 'device' && model.devices.nameTaken(name, clientId) && { nameTaken: true }),
    ...(kind === 'device' && model.devices.claimed(clientId) && { hasOwner: true }),
  };
}

function askedScopes(code: AdapterPayload): string[] {
  return String(code.params?.scope ?? '')
    .split(' ')
    .filter(Boolean);
}

import { Refusal } from '../http/answer.ts';
import { newId } from '../model/ids.ts';
import type { Model } from '../model/model.ts';
import type { ClientRecord, ClientRecords } from './client-records.ts';
import type { ClientMetadataWish } from './registration-metadata.ts';
import { gatewayScopes, shareScopes } from './scopes.ts';

/** On whose word a client registers. */
export type Sponsor =
  /** Nobody's. `proved`: the request carried a proof by the very key. */
  | { kind: 'nobody'; proved: boolean }
  /** A gateway's, for a device whose key it holds. */
  | { kind: 'gateway'; gateway: string; owner: string }
  /** An owner's, by registration token. Called once, when all else is in order. */
  | { kind: 'token'; owner: string; proved: boolean; take(): boolean };

export interface RegistrationParts {
  model: Pick<Model, 'devices' | 'gateways' | 'history' | 'panic' | 'nowSeconds'>;
  clients: ClientRecords;
  endClient(clientId: string): void;
}

const mostWaitingGateways = 1000;
const waitingLifeSeconds = 24 * 60 * 60;

/**
 * Registers a client, or finds the one that has this key: a thumbprint belongs to one client for ever. Synchronous; call
 * it in a transaction.
 * @throws Refusal 400 `invalid_client_metadata` where the key is another's, 401 `invalid_token`; ModelError `panic_active`
 */
export function register(
  parts: RegistrationParts,
  wish: ClientMetadataWish,
  sponsor: Sponsor,
  from: string,
): ClientRecord {
  const existing = parts.clients.byThumbprint(wish.thumbprint);
  if (existing !== undefined && mayHave(parts, existing, wish, sponsor)) return existing;
  const known = parts.model.devices.byThumbprint(wish.thumbprint) ?? parts.model.gateways.byThumbprint(wish.thumbprint);
  if (existing !== undefined || known !== undefined) {
    throw new Refusal(400, 'invalid_client_metadata', 'this key is already registered; every client has its own');
  }
  // A token that was given out before lets nobody in while everything is stopped.
  if (sponsor.kind === 'token') parts.model.panic.refuse(sponsor.owner);
  if (sponsor.kind === 'token' && !sponsor.take())
    throw new Refusal(401, 'invalid_token', 'the registration token is used up');
  const issuedAt = parts.model.nowSeconds();
  const promised = sponsor.kind === 'token' && wish.kind === 'gateway' ? { promised: sponsor.owner } : {};
  const client: ClientRecord = {
    ...wish,
    ...promised,
    clientId: newId(wish.kind === 'device' ? 'dev_' : 'gw_'),
    issuedAt,
  };
  parts.clients.put(client);
  if (wish.kind === 'device') keepDevice(parts, client, sponsor);
  else keepGateway(parts, client, sponsor, from);
  return client;
}

/** The same asker with the same key gets the same answer: an answer that was lost on the way does no harm. */
function mayHave(
  { model }: RegistrationParts,
  existing: ClientRecord,
  wish: ClientMetadataWish,
  sponsor: Sponsor,
): boolean {
  if (existing.endedAt !== undefined || existing.kind !== wish.kind) return false;
  const device = model.devices.get(existing.clientId);
  if (device?.state === 'retired') return false;
  if (sponsor.kind === 'gateway') return device?.gateway === sponsor.gateway;
  const owner = device?.owner ?? model.gateways.get(existing.clientId)?.owner;
  return sponsor.proved && (sponsor.kind === 'nobody' || owner === sponsor.owner);
}

function keepDevice({ model }: RegistrationParts, client: ClientRecord, sponsor: Sponsor): void {
  const { clientId, name, thumbprint, issuedAt } = client;
  const owned = sponsor.kind === 'nobody' ? {} : { owner: sponsor.owner };
  model.devices.put({
    clientId,
    name,
    callsItself: name,
    nameTaken: model.devices.nameTaken(name),
    ...owned,
    state: sponsor.kind === 'nobody' ? 'provisioned' : 'active',
    assurance: sponsor.kind === 'gateway' ? 'gateway' : 'device',
    ...(sponsor.kind === 'gateway' ? { gateway: sponsor.gateway } : {}),
    thumbprints: [thumbprint],
    createdAt: issuedAt,
  });
  if (sponsor.kind === 'nobody') return;
  const by =
    sponsor.kind === 'gateway' ? ({ ...sponsor } as const) : ({ kind: 'owner', owner: sponsor.owner } as const);
  model.history.add({ what: 'device_registered', by, owner: sponsor.owner, device: clientId, values: { name } });
}

function keepGateway(parts: RegistrationParts, client: ClientRecord, sponsor: Sponsor, from: string): void {
  const { model } = parts;
  const { clientId, name, thumbprint, issuedAt } = client;
  if (sponsor.kind === 'gateway')
    throw new Refusal(400, 'invalid_client_metadata', 'a gateway registers devices, not gateways');
  makeRoom(parts, clientId);
  const record = { clientId, name, thumbprint, from, createdAt: issuedAt };
  if (sponsor.kind === 'nobody') {
    model.gateways.put({ ...record, scopes: [] });
    return;
  }
  const { owner } = sponsor;
  parts.clients.put({ ...client, owned: true, scope: gatewayScopes.join(' ') });
  model.gateways.put({ ...record, owner, scopes: [...shareScopes], connectedAt: issuedAt });
  model.history.add({
    what: 'gateway_registered',
    by: { kind: 'owner', owner },
    owner,
    values: { gateway: clientId, name },
  });
}

/** Gateways nobody approved are forgotten after a day; when a thousand wait, the oldest goes. */
function makeRoom({ model, clients, endClient }: RegistrationParts, coming: string): void {
  const waiting = clients.waitingGateways().filter(({ clientId }) => clientId !== coming);
  const tooOld = model.nowSeconds() - waitingLifeSeconds;
  waiting.forEach(({ clientId, issuedAt }, index) => {
    if (index > waiting.length - mostWaitingGateways && issuedAt >= tooOld) return;
    model.gateways.remove(clientId);
    endClient(clientId);
  });
}

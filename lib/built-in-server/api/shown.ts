/** Records as the owner API shows them: what is public of each, with a sentence where there is one. */
import type { Say } from '../../sharing/say.ts';
import { requestSentence, shareSentence } from '../../sharing/sentence.ts';
import type { Model } from '../model/model.ts';
import type { DeviceRecord, GatewayRecord, ReceiptRecord, RequestRecord, ShareRecord } from '../model/records.ts';

type Names = Pick<Model, 'devices' | 'resources'>;

/** @param say - without it, no sentence is made */
export function shownShare(model: Names, share: ShareRecord, say?: Say): object {
  const { id, version, owner, resource, party, scopes, conditions, createdAt, by, lastUsed } = share;
  const resourceName = model.resources.get(resource)?.name ?? resource;
  const partyName = (party.kind === 'device' && model.devices.get(party.id)?.name) || share.partyName;
  return {
    ...{ id, version, resource, resourceName, party, partyName, scopes, conditions, owner, createdAt, by },
    ...(lastUsed === undefined ? {} : { lastUsed }),
    ...(say && { sentence: say(shareSentence({ partyName, scopes, conditions }, resourceName)) }),
  };
}

export function shownRequest(model: Names, request: RequestRecord, say: Say): object {
  const { id, resource, device, person, scopes, since } = request;
  const resourceName = model.resources.get(resource)?.name ?? resource;
  const known = model.devices.get(device);
  const deviceName = known?.name ?? device;
  const fingerprint = known?.thumbprints.at(-1) ?? '';
  const who = person === undefined ? {} : { person };
  const sentence = say(requestSentence({ deviceName, resourceName, scopes, ...who }));
  const asking = { device, deviceName, nameTaken: known?.nameTaken ?? false, fingerprint, ...who };
  return { id, resource, resourceName, ...asking, scopes, since, sentence };
}

export function shownDevice(device: DeviceRecord): object {
  const { clientId, thumbprints, overlap: _, ...rest } = device;
  return { id: clientId, ...rest, fingerprint: thumbprints.at(-1) ?? '' };
}

export function shownGateway(model: Pick<Model, 'events'>, gateway: GatewayRecord): object {
  const { clientId, thumbprint, forgottenIn: _, ...rest } = gateway;
  return { id: clientId, ...rest, fingerprint: thumbprint, connected: model.events.connected(clientId) };
}

export function shownReceipt(receipt: ReceiptRecord): object {
  const { id, at, target, ended, gateway, awaited = [], confirmed = [] } = receipt;
  const by = gateway === undefined ? {} : { gateway };
  return { id, at, target, revoked: ended, ...by, gateways: confirmed, unconfirmed: awaited.map((one) => one.gateway) };
}

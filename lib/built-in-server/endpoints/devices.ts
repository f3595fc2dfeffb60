import { json, malformed, Refusal } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Pcts } from '../model/pcts.ts';
import type { DeviceRecord, ShareRecord } from '../model/records.ts';
import type { Protection } from '../provider/presented-token.ts';
import { acknowledgementWaitMs } from '../provider/token-looks.ts';
import type { ProtectionParts } from './resources.ts';

/**
 * `/devices/{id}`: what a gateway may know of the devices whose keys it holds, and stop. Waking one is the owner's. Of a
 * device outside that something of its own is shared with, or with a person who uses it, it may ask how it stands.
 */
export function gatewayDeviceRoutes(parts: DeviceParts): Route[] {
  const { presented } = parts;
  return [
    {
      method: 'GET',
      path: '/devices/{id}',
      handle: (request) => {
        const protection = presented.protection(request);
        const guarded = guardedBy(parts, request, protection);
        if (guarded) return json(200, outsideStanding(guarded));
        return json(200, { ...standing(own(parts, request, protection)), gateway_owner: protection.owner });
      },
    },
    { method: 'POST', path: '/devices/{id}/state', handle: (request) => stop(parts, request) },
  ];
}

interface DeviceParts extends ProtectionParts {
  pcts: Pick<Pcts, 'peopleOf'>;
}

async function stop(parts: ProtectionParts, request: Request) {
  const { model, presented } = parts;
  const protection = presented.protection(request);
  const { clientId } = own(parts, request, protection);
  const { state } = asObject(await request.json());
  if (state !== 'quarantined' && state !== 'retired') {
    throw malformed('state is quarantined or retired; only the owner makes a device active again');
  }
  const by = { kind: 'gateway', gateway: protection.client.clientId, owner: protection.owner } as const;
  const why = 'by_gateway';
  const events = await model.transaction(() => {
    if (model.devices.get(clientId)?.state === state) return [];
    if (state === 'quarantined') return model.devices.setState(clientId, state, why, by);
    return model.devices.retire(clientId, why, by);
  });
  const heard = await model.events.acknowledged(events, acknowledgementWaitMs, by.gateway);
  return json(200, { ...standing(own(parts, request, protection)), ...heard });
}

/** Another gateway's device is as absent as one that never was. */
function own({ model }: ProtectionParts, request: Request, { client }: Protection): DeviceRecord {
  const device = model.devices.get(request.params.id ?? '');
  if (device?.gateway === client.clientId) return device;
  throw new Refusal(404, 'not_found', 'this gateway holds no such device');
}

/** A device whose key is elsewhere, as far as this gateway guards what is shared with it now. */
function guardedBy({ model, pcts }: DeviceParts, request: Request, { client }: Protection): DeviceRecord | undefined {
  const { id = '' } = request.params;
  const device = model.devices.get(id);
  if (device === undefined || device.gateway === client.clientId) return undefined;
  const isHere = ({ gateway }: ShareRecord) => gateway === client.clientId;
  const isUsedHere = () => pcts.peopleOf(id).some((person) => model.shares.ofPerson(person).some(isHere));
  return model.shares.ofDevice(id).some(isHere) || isUsedHere() ? device : undefined;
}

function outsideStanding({ clientId, name, state, assurance }: DeviceRecord): object {
  return { client_id: clientId, name, state, assurance };
}

function standing({ clientId, name, state, owner, assurance, thumbprints }: DeviceRecord): object {
  return { client_id: clientId, name, state, owner, assurance, jkt: thumbprints.at(-1) };
}

import { json, malformed, Refusal } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { DeviceRecord } from '../model/records.ts';
import type { Protection } from '../provider/presented-token.ts';
import { acknowledgementWaitMs } from '../provider/token-looks.ts';
import type { ProtectionParts } from './resources.ts';

/** `/devices/{id}`: what a gateway may know of the devices whose keys it holds, and stop. Waking one is the owner's. */
export function gatewayDeviceRoutes(parts: ProtectionParts): Route[] {
  const { presented } = parts;
  return [
    {
      method: 'GET',
      path: '/devices/{id}',
      handle: (request) => {
        const protection = presented.protection(request);
        return json(200, { ...standing(own(parts, request, protection)), gateway_owner: protection.owner });
      },
    },
    { method: 'POST', path: '/devices/{id}/state', handle: (request) => stop(parts, request) },
  ];
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

function standing({ clientId, name, state, owner, assurance, thumbprints }: DeviceRecord): object {
  return { client_id: clientId, name, state, owner, assurance, jkt: thumbprints.at(-1) };
}

/** `/api/devices/{id}`: its name, and whether it is on the owner's list at all. */
import { json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { DeviceRecord } from '../model/records.ts';
import { act, requireResource } from './authority.ts';
import { onlyMembers, readObject, textIn } from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import { notFound } from './refusals.ts';
import { shownDevice } from './shown.ts';

export function deviceRecordRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('PATCH', '/api/devices/{id}', 'shares:grant', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'name');
      const name = textIn(body, 'name', 80);
      // Whoever names a device decides what its owner believes to share with.
      requireResource(authority, undefined);
      const { owner, by } = authority;
      const device = await act(model, authority, () =>
        model.devices.rename(ownDevice(model, owner, request.params.id).clientId, name, by),
      );
      return json(200, shownDevice(device));
    }),
    // A gateway may stop a device, but not hide it from its owner.
    route('DELETE', '/api/devices/{id}', 'owner', async (authority, request) => {
      const { owner, by } = authority;
      const { id = '' } = request.params;
      const { at, ended, events } = await act(model, authority, () => {
        const device = model.devices.get(id);
        const unclaimed = device?.owner === undefined && device?.state === 'provisioned';
        return model.devices.remove(unclaimed ? device : ownDevice(model, owner, id), owner, by);
      });
      return answerWhenKnown(model, events, { id, at, revoked: ended });
    }),
  ];
}

/** @throws Refusal 404: what is another owner's is not there */
export function ownDevice(model: Model, owner: string, id = ''): DeviceRecord {
  const device = model.devices.get(id);
  if (device?.owner === owner) return device;
  throw notFound('device');
}

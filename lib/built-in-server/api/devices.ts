/** `/api/devices`: the owner's devices, and those nobody has claimed yet. */
import { json, malformed } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { DeviceRecord } from '../model/records.ts';
import { type Authority, act, requireResource } from './authority.ts';
import { onlyMembers, optionalTextIn, readObject } from './body-fields.ts';
import { ownDevice } from './device-record.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import { pageAsked, pageOf } from './page.ts';
import { notFound } from './refusals.ts';
import { shownDevice } from './shown.ts';

export function deviceRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/devices', 'shares:read', ({ owner }, request) => {
      const claimed = request.query.get('claimed') ?? 'yes';
      if (claimed !== 'yes' && claimed !== 'no') throw malformed('claimed is "yes" or "no"');
      const read = (range: object) =>
        claimed === 'yes' ? model.devices.list({ owner, ...range }) : model.devices.unclaimed(range);
      return json(
        200,
        pageOf(pageAsked(request), read, (device) => device.clientId, shownDevice),
      );
    }),
    route('POST', '/api/devices/{id}/claim', 'shares:grant', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'name');
      const name = optionalTextIn(body, 'name', 80);
      requireResource(authority, undefined);
      const { owner, by } = authority;
      const device = await act(model, authority, () => {
        model.panic.refuse(owner);
        return model.devices.claim(request.params.id ?? '', owner, by, name);
      });
      return json(200, shownDevice(device));
    }),
    route('POST', '/api/devices/{id}/suspend', 'shares:reduce', async (authority, request) => {
      onlyMembers(await readObject(request));
      const work = (id: string) => model.devices.setState(id, 'quarantined', 'by_owner', authority.by);
      return changeState(model, authority, request.params.id, work);
    }),
    route('POST', '/api/devices/{id}/resume', 'shares:grant', async (authority, request) => {
      onlyMembers(await readObject(request));
      return changeState(model, authority, request.params.id, (id, device) => {
        // A gateway whose granting is limited may still wake the devices it holds itself.
        if (device.gateway === undefined || device.gateway !== authority.gateway) requireResource(authority, undefined);
        model.panic.refuse(authority.owner);
        return model.devices.setState(id, 'active', 'by_owner', authority.by);
      });
    }),
    route('POST', '/api/devices/{id}/retire', 'shares:reduce', async (authority, request) => {
      onlyMembers(await readObject(request));
      const work = (id: string) => model.devices.retire(id, 'device_retired', authority.by);
      return changeState(model, authority, request.params.id, work);
    }),
  ];
}

async function changeState(
  model: Model,
  authority: Authority,
  id = '',
  work: (id: string, device: DeviceRecord) => number[],
) {
  const events = await act(model, authority, () => {
    return work(id, ownDevice(model, authority.owner, id));
  });
  const device = model.devices.get(id);
  if (device === undefined) throw notFound('device');
  return answerWhenKnown(model, events, shownDevice(device));
}

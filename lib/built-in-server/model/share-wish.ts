import { notUnderstood } from '../../sharing/conditions.ts';
import type { Conditions, ShareWish } from '../../sharing/share.ts';
import { ModelError } from './model-error.ts';
import type { DeviceRecord, ResourceRecord } from './records.ts';
import type { Tables } from './tables.ts';

/**
 * Checks that a wish can be kept: its resource is this owner's, its scopes are registered, its device exists.
 * @throws ModelError `not_supported`, `resource_unknown`, `scope_unknown`, `device_unknown`, `device_retired`, `invalid_request`
 */
export function checkWish(
  tables: Pick<Tables, 'resources' | 'devices'>,
  wish: ShareWish,
  owner: string,
): { resource: ResourceRecord; device: DeviceRecord } {
  if (wish.party.kind !== 'device')
    throw new ModelError('not_supported', 'sharing with a person is not supported yet', { what: 'party.kind' });
  const resource = tables.resources.get(wish.resource);
  if (resource === undefined || resource.owner !== owner)
    throw new ModelError('resource_unknown', 'you have no such resource');
  checkScopes(resource, wish.scopes);
  checkConditions(wish.conditions);
  const device = tables.devices.get(wish.party.id);
  if (device === undefined) throw new ModelError('device_unknown', 'there is no such device');
  if (device.state === 'retired') throw new ModelError('device_retired', 'a retired device stays retired');
  return { resource, device };
}

/** @throws ModelError `scope_unknown`, `invalid_request` where there is none */
export function checkScopes(resource: ResourceRecord, scopes: readonly string[]): void {
  if (scopes.length === 0) throw new ModelError('invalid_request', 'scopes must name at least one scope');
  const foreign = scopes.find((scope) => !resource.scopes.includes(scope));
  if (foreign !== undefined)
    throw new ModelError('scope_unknown', 'the resource has no such scope', { resource: resource.name });
}

/** @throws ModelError `not_supported` for a condition this server would not evaluate, `invalid_request` for one that never holds */
export function checkConditions(conditions: Conditions): void {
  const [name] = notUnderstood(conditions);
  if (name !== undefined)
    throw new ModelError('not_supported', 'this condition is not supported yet', { what: name.slice(0, 40) });
  const { notBefore, until } = conditions;
  for (const moment of [notBefore, until])
    if (moment !== undefined && !(Number.isSafeInteger(moment) && moment > 0 && moment < 100_000_000_000))
      throw new ModelError('invalid_request', 'notBefore and until are whole seconds since 1970');
  if (notBefore !== undefined && until !== undefined && notBefore >= until)
    throw new ModelError('invalid_request', 'notBefore must be before until');
}

import { notUnderstood, wrongCondition } from '../../sharing/conditions.ts';
import type { Conditions, Party, ShareWish } from '../../sharing/share.ts';
import { ModelError } from './model-error.ts';
import type { DeviceRecord, ResourceRecord } from './records.ts';
import { hasOwnKey } from './share-standing.ts';
import { nameKey, type Tables } from './tables.ts';

/** With whom is to be shared, as the server knows them. `device`: where it is one. */
export interface KnownParty {
  party: Party;
  name: string;
  device?: DeviceRecord;
}

/**
 * Checks that a wish can be kept: its resource is this owner's, its scopes are registered, its device or person exists.
 * @throws ModelError `not_supported`, `resource_unknown`, `scope_unknown`, `device_unknown`, `device_retired`,
 *   `person_unknown`, `invalid_request`, `own_key_needed`
 */
export function checkWish(
  tables: Pick<Tables, 'resources' | 'devices' | 'owners'>,
  wish: ShareWish,
  owner: string,
): KnownParty & { resource: ResourceRecord } {
  const resource = tables.resources.get(wish.resource);
  if (resource === undefined || resource.owner !== owner)
    throw new ModelError('resource_unknown', 'you have no such resource');
  checkScopes(resource, wish.scopes);
  const known = (wish.party.kind === 'device' ? knownDevice : knownPerson)(tables, wish.party.id);
  checkConditions(wish.conditions, known.device);
  return { resource, ...known };
}

function knownDevice(tables: Pick<Tables, 'devices'>, id: string): KnownParty {
  const device = tables.devices.get(id);
  if (device === undefined) throw new ModelError('device_unknown', 'there is no such device');
  if (device.state === 'retired') throw new ModelError('device_retired', 'a retired device stays retired');
  return { party: { kind: 'device', id: device.clientId }, name: device.name, device };
}

function knownPerson(tables: Pick<Tables, 'owners'>, id: string): KnownParty {
  const person = tables.owners.get(nameKey(id));
  if (person === undefined) throw new ModelError('person_unknown', 'there is no such person');
  return { party: { kind: 'person', id: person.name }, name: person.name };
}

/** @throws ModelError `scope_unknown`, `invalid_request` where there is none */
export function checkScopes(resource: ResourceRecord, scopes: readonly string[]): void {
  if (scopes.length === 0) throw new ModelError('invalid_request', 'scopes must name at least one scope');
  const foreign = scopes.find((scope) => !resource.scopes.includes(scope));
  if (foreign !== undefined)
    throw new ModelError('scope_unknown', 'the resource has no such scope', { resource: resource.name });
}

/**
 * @throws ModelError `not_supported` for a condition this server would not evaluate, `invalid_request` for one that never
 * holds or is not written as it should be, `own_key_needed` for one that this device cannot fulfil
 */
export function checkConditions(conditions: Conditions, device: DeviceRecord | undefined): void {
  const [name] = notUnderstood(conditions);
  if (name !== undefined)
    throw new ModelError('not_supported', 'this condition is not supported yet', { what: name.slice(0, 40) });
  const { notBefore, until } = conditions;
  for (const moment of [notBefore, until])
    if (moment !== undefined && !(Number.isSafeInteger(moment) && moment > 0 && moment < 100_000_000_000))
      throw new ModelError('invalid_request', 'notBefore and until are whole seconds since 1970');
  if (notBefore !== undefined && until !== undefined && notBefore >= until)
    throw new ModelError('invalid_request', 'notBefore must be before until');
  const wrong = wrongCondition(conditions);
  if (wrong !== undefined) throw new ModelError('invalid_request', `conditions.${wrong} is not as it should be`);
  if (conditions.ownKeyOnly && device !== undefined && !hasOwnKey(device))
    throw new ModelError('own_key_needed', 'the key of this device is held by a gateway', { device: device.name });
}

/** Lays shares into a server's store by its own tables: the owner API takes 10,000 for each owner, one by one. */
import { join } from 'node:path';
import type { DeviceRecord, ResourceRecord, ShareRecord } from '../../lib/built-in-server/model/records.ts';
import { openTables, type Tables } from '../../lib/built-in-server/model/tables.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { owner } from '../load/owner.ts';

const side = 100;
/** As many as one owner may have, of 100 devices on 100 resources. */
const perOwner = side * side;

const createdAt = 1_700_000_000;
const gateway = 'gw_of-another-home-00000';
const idOf = (kind: string, of: string, number: number): string => `${kind}_${of}-${String(number).padStart(16, '0')}`;

/** The first owner is the one who is measured, and gets as many as the others. */
export async function fillWithShares(dir: string, count: number): Promise<void> {
  const store = await openStore({ dir: join(dir, 'server'), keyDir: dir });
  const tables = openTables(store);
  for (let from = 0; from < count; from += perOwner) {
    const of = from === 0 ? owner.name : `owner-${from / perOwner}`;
    const number = Math.min(perOwner, count - from);
    await store.transaction(() => fillOwner(tables, of, number));
  }
  await store.close();
}

function fillOwner(tables: Tables, of: string, count: number): void {
  for (let index = 0; index < side; index += 1) {
    const [device, resource] = [deviceOf(of, index), resourceOf(of, index)];
    tables.devices.put(device.clientId, device);
    tables.resources.put(resource.id, resource);
  }
  for (let index = 0; index < count; index += 1) {
    const share = shareOf(of, index);
    tables.shares.put(share.id, share);
  }
}

function deviceOf(of: string, index: number): DeviceRecord {
  const clientId = idOf('dv', of, index);
  const name = `Device ${of} ${index}`;
  return {
    ...{ clientId, name, callsItself: name, nameTaken: false, owner: of, state: 'active', assurance: 'device' },
    ...{ thumbprints: [`thumbprint of ${clientId}`], createdAt },
  };
}

function resourceOf(of: string, index: number): ResourceRecord {
  const id = idOf('rs', of, index);
  return { ...{ id, name: `Resource ${index}`, scopes: ['start', 'stop'] }, owner: of, gateway, createdAt };
}

function shareOf(of: string, index: number): ShareRecord {
  const device = deviceOf(of, index % side);
  return {
    ...{ id: idOf('sh', of, index), version: 1, owner: of, gateway, createdAt, by: { kind: 'owner', owner: of } },
    ...{ resource: idOf('rs', of, Math.floor(index / side)), party: { kind: 'device', id: device.clientId } },
    ...{ partyName: device.name, scopes: ['start'], conditions: {} },
  };
}

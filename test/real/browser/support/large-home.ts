/** A home of 500 devices, 2,000 shares and 10,000 lines of history, written into the store of a server that is not running. */
import { join } from 'node:path';
import { createModel, type Model } from '../../../../lib/built-in-server/model/model.ts';
import type { Conditions } from '../../../../lib/sharing/share.ts';
import { openStore } from '../../../../lib/store/open-store.ts';
import { ownerName, type ServerPlace } from '../../../contract/support/running-server.ts';
import { noTokens } from '../../../support/no-tokens.ts';

export const DEVICES = 500;
export const SHARES = 2_000;
const RESOURCES = 100;
const LINES = 10_000;
const AT_ONCE = 500;

const by = { kind: 'owner', owner: ownerName } as const;
const createdAt = Math.floor(Date.now() / 1000);
const hours = { timeZone: 'Europe/Berlin', windows: [{ days: [1, 2, 3], from: '08:00', to: '18:00' }] };
const limits: Conditions[] = [{}, { until: createdAt + 200_000 }, { weekly: hours }, { once: true }];

/** @param place - where a server with its owner has run before */
export async function fillHome(place: ServerPlace): Promise<void> {
  const store = await openStore({ dir: join(place.dir, 'server'), keyDir: place.dir });
  const model = createModel({ store, issued: noTokens(), nowMs: Date.now });
  const many = async (count: number, put: (model: Model, index: number) => void) => {
    for (let from = 0; from < count; from += AT_ONCE)
      await model.transaction(() => {
        for (let index = from; index < Math.min(count, from + AT_ONCE); index += 1) put(model, index);
      });
  };
  await many(1, putGateway);
  await many(RESOURCES, putResource);
  await many(DEVICES, putDevice);
  await many(SHARES, putShare);
  await many(LINES, putLine);
  model.close();
  await store.close();
}

function putGateway({ gateways }: Model): void {
  const given = { scopes: ['shares:read'], owner: ownerName, connectedAt: createdAt };
  gateways.put({ clientId: 'gw', name: 'Node-RED', thumbprint: 'jkt-gw', from: '127.0.0.1', createdAt, ...given });
}

function putResource({ resources }: Model, index: number): void {
  const scopes = ['start', 'stop'];
  resources.put({ id: `res${index}`, name: `Thing ${index}`, scopes, owner: ownerName, gateway: 'gw', createdAt });
}

/** Device 0 is what most is shared with. */
function putDevice({ devices }: Model, index: number): void {
  const name = `Device ${String(index).padStart(3, '0')}`;
  const known = { name, callsItself: name, nameTaken: false, owner: ownerName, createdAt, lastSeen: createdAt };
  const key = { assurance: 'device', thumbprints: [`jkt-${index}`] } as const;
  devices.put({ clientId: `dev${index}`, ...known, state: 'active', ...key, thumbprints: [...key.thumbprints] });
}

function putShare({ shares }: Model, index: number): void {
  const device = index < RESOURCES ? 0 : index % DEVICES;
  const resource = `res${(index * 7 + Math.floor(index / DEVICES)) % RESOURCES}`;
  const party = { kind: 'device', id: `dev${device}` } as const;
  const conditions = { ...(limits[index % limits.length] ?? {}), notBefore: createdAt - index - 1 };
  shares.grant({ resource, party, scopes: ['start'], conditions }, ownerName, by);
}

function putLine({ history }: Model, index: number): void {
  const about = { device: `dev${index % DEVICES}`, resource: `res${index % RESOURCES}` };
  history.add({ what: 'share_granted', by, owner: ownerName, ...about, values: { scopes: 'start', version: 1 } });
}

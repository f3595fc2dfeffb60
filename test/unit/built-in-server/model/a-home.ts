/** A home to test in: two owners, a gateway each, a thermostat nobody claimed and alice's dishwasher. */
import type { IssuedTokens } from '../../../../lib/built-in-server/model/issued-tokens.ts';
import { createModel, type Model } from '../../../../lib/built-in-server/model/model.ts';
import type { Actor, DeviceRecord } from '../../../../lib/built-in-server/model/records.ts';
import { memoryStore } from '../../../support/memory-store.ts';
import { noTokens } from '../../../support/no-tokens.ts';

export const alice: Actor = { kind: 'owner', owner: 'alice' };
export const START_MS = 1_800_000_000_000;

export interface Home {
  model: Model;
  clock: { ms: number };
}

export function device(clientId: string, more: Partial<DeviceRecord> = {}): DeviceRecord {
  const names = { name: clientId, callsItself: clientId, nameTaken: false };
  const made = { state: 'provisioned', assurance: 'device', thumbprints: [`jkt-${clientId}`] } as const;
  return { clientId, ...names, ...made, thumbprints: [...made.thumbprints], createdAt: START_MS / 1000, ...more };
}

export function aHome(issued: Partial<IssuedTokens> = {}): Home {
  const clock = { ms: START_MS };
  const model = createModel({ store: memoryStore(), issued: noTokens(issued), nowMs: () => clock.ms });
  const password = { cost: 2, blockSize: 8, parallelization: 1, salt: '', hash: '' };
  for (const owner of ['alice', 'bob']) {
    model.owners.add(owner, password);
    const at = { from: '127.0.0.1', createdAt: START_MS / 1000, scopes: ['uma_protection'] };
    model.gateways.put({ clientId: `gw-${owner}`, name: `${owner}'s`, owner, thumbprint: `jkt-gw-${owner}`, ...at });
  }
  for (const [id, owner] of [
    ['dishwasher', 'alice'],
    ['heater', 'bob'],
  ] as const)
    model.resources.put({ id, name: id, scopes: ['start', 'stop'], owner, gateway: `gw-${owner}`, createdAt: 0 });
  model.devices.put(device('thermostat'));
  return { model, clock };
}

export function wish(scopes = ['start'], conditions = {}) {
  return { resource: 'dishwasher', party: { kind: 'device', id: 'thermostat' } as const, scopes, conditions };
}

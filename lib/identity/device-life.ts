import { setTimeout as timeout } from 'node:timers/promises';
import type { DeviceClient, DeviceRole } from '../servers/authorization-server.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import { type ClaimOffer, createClaims } from './claims.ts';
import type { DeviceBook } from './device-book.ts';
import { DeviceError } from './device-error.ts';
import type { DeviceRecord } from './device-record.ts';
import type { KeyRing } from './key-ring.ts';
import type { Provisioning } from './provisioning.ts';
import { renew } from './renewal.ts';
import { createRotation, type Rotated } from './rotation.ts';

/** What a device goes through once it is provisioned: it asks for its owner, and its key changes. See `DeviceRegistry`. */
export interface DeviceLife {
  claim(keyOrId: string): Promise<ClaimOffer>;
  rotate(keyOrId: string): Promise<Rotated>;
  /** With the key that it has now: while that changes, this waits. */
  client(keyOrId: string): Promise<DeviceClient>;
  settled(key: string): Promise<void>;
  awaits(key: string, thumbprint: string): boolean;
  onKeyChanged(changed: (clientId: string) => void): void;
  close(): Promise<void>;
}

export interface DeviceLifePorts {
  store: GatewayStore;
  book: DeviceBook;
  keys: KeyRing;
  devices: DeviceRole;
  provisioning: Pick<Provisioning, 'client'>;
  issuer: string;
  known(keyOrId: string): DeviceRecord | undefined;
  /** What a person calls a device from elsewhere. */
  outsideName(clientId: string): string | undefined;
  nowMs(): number;
  sleep?(ms: number, signal: AbortSignal): Promise<unknown>;
}

export function createDeviceLife(ports: DeviceLifePorts): DeviceLife {
  const { provisioning, known, sleep = (ms, signal) => timeout(ms, undefined, { signal }) } = ports;
  const rotation = createRotation({ ...ports, client: provisioning.client });
  const claims = createClaims({ ...ports, client, sleep });

  async function client(keyOrId: string): Promise<DeviceClient> {
    const key = known(keyOrId)?.key ?? keyOrId;
    await rotation.settled(key);
    return provisioning.client(key);
  }

  function held(keyOrId: string): DeviceRecord {
    const record = known(keyOrId);
    if (record === undefined) throw new DeviceError('device_elsewhere', keyOrId, ports.outsideName(keyOrId));
    return record;
  }

  return {
    client,
    async claim(keyOrId) {
      const record = held(keyOrId);
      if (record.state === 'retired') await renew(ports, record);
      return claims.claim(record.key);
    },
    rotate: async (keyOrId) => rotation.rotate(held(keyOrId).key),
    settled: rotation.settled,
    awaits: rotation.awaits,
    onKeyChanged: rotation.onChanged,
    async close() {
      await Promise.all([claims.close(), rotation.close()]);
    },
  };
}

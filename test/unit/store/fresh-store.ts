import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import { openStore, type StoreOptions } from '../../../lib/store/open-store.ts';

/** A place for a store that is removed after the test, with every store opened in it closed. */
export interface StorePlace {
  dir: string;
  keyDir: string;
  open(options?: Partial<StoreOptions>): Promise<GatewayStore>;
  closeAll(): Promise<void>;
  remove(): Promise<void>;
}

export function freshPlace(): StorePlace {
  const root = mkdtempSync(join(tmpdir(), 'uma-store-'));
  const place = { dir: join(root, 'gateway'), keyDir: root };
  const stores: GatewayStore[] = [];
  const closeAll = async () => {
    await Promise.all(stores.map((store) => store.close()));
  };
  return {
    ...place,
    async open(options = {}) {
      const store = await openStore({ ...place, env: {}, ...options });
      stores.push(store);
      return store;
    },
    closeAll,
    async remove() {
      await closeAll();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

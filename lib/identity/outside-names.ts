import type { DeviceRole } from '../servers/authorization-server.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import type { Chores } from './chores.ts';
import { OUTSIDE_NAMES } from './device-record.ts';
import { isUnknownThere } from './telling.ts';

/** What an owner calls devices whose keys are elsewhere, as far as the server tells it this gateway. */
export interface OutsideNames {
  /** From memory, at once. What is not known, or was asked long ago, is asked in the background for the next time. */
  of(clientId: string): string | undefined;
  /** Asks now: it is about to be needed. */
  ask(clientId: string): void;
}

export interface OutsideNamesPorts {
  /** Keeps them, so that the first message after a restart has a name too. */
  store: GatewayStore;
  /** Tells the names only of devices that something of this gateway is shared with. */
  devices: Pick<DeviceRole, 'standing'>;
  chores: Pick<Chores, 'run'>;
  nowMs(): number;
}

/** An owner may have changed it meanwhile; nobody is told of that. */
const ASKED_AGAIN_MS = 60_000;
/** More than a home has. */
const MOST = 500;

interface Known {
  name?: string;
  askedAtMs: number;
}

const LONG_AGO = Number.NEGATIVE_INFINITY;

export function createOutsideNames({ store, devices, chores, nowMs }: OutsideNamesPorts): OutsideNames {
  const table = store.table(OUTSIDE_NAMES);
  const known = new Map<string, Known>(
    [...table.entries()].map(([, { clientId, name }]) => [clientId, { name, askedAtMs: LONG_AGO }]),
  );
  /** In the table and not known any more: taken out with the next that is written. */
  const forgotten = new Set<string>();

  function keep(clientId: string, entry: Known): void {
    // Taken out first, so that the one asked longest ago stands first.
    known.delete(clientId);
    known.set(clientId, entry);
    if (known.size <= MOST) return;
    const [oldest] = known;
    if (oldest === undefined) return;
    known.delete(oldest[0]);
    if (oldest[1].name !== undefined) forgotten.add(oldest[0]);
  }

  async function write(clientId: string, name: string | undefined): Promise<void> {
    await store.transaction(() => {
      for (const id of forgotten) table.remove(id);
      forgotten.clear();
      if (name === undefined || !known.has(clientId)) table.remove(clientId);
      else table.put(clientId, { clientId, name });
    });
  }

  async function learn(clientId: string, askedAtMs: number): Promise<void> {
    try {
      const before = known.get(clientId)?.name;
      const { name } = await devices.standing(clientId);
      keep(clientId, { name, askedAtMs });
      if (name !== before) await write(clientId, name);
    } catch (error) {
      // Nothing is shared with it here any more, so how its owner calls it is not for this gateway.
      if (!isUnknownThere(error)) return;
      keep(clientId, { askedAtMs });
      await write(clientId, undefined);
    }
  }

  function ask(clientId: string): void {
    const askedAtMs = nowMs();
    keep(clientId, { ...known.get(clientId), askedAtMs });
    chores.run(`name of ${clientId}`, () => learn(clientId, askedAtMs));
  }

  return {
    of(clientId) {
      const entry = known.get(clientId);
      if (entry === undefined || Math.abs(nowMs() - entry.askedAtMs) >= ASKED_AGAIN_MS) ask(clientId);
      return entry?.name;
    },
    ask,
  };
}

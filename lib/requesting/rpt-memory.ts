import type { Target } from '../servers/authorization-server.ts';
import { concerns, type Granted, type Waiting } from './held-rpt.ts';

/** What an RPT is needed for. */
export interface RptWish {
  /** Key of the device. */
  device: string;
  origin: string;
  /** The server's id of a resource of this gateway; absent: only the resource itself knows, and `path` stands for it. */
  resource?: string;
  path: string;
  scopes: string[];
}

/** RPTs and open questions, per device, origin, resource and scopes. Bounded: what was used longest ago goes first. */
export interface RptMemory {
  get(key: string): Granted | Waiting | undefined;
  put(key: string, wish: RptWish, entry: Granted | Waiting): void;
  remove(key: string): void;
  /** Forgets whatever was ended. */
  end(target: Target): void;
  /** Something changed for a device, at one resource or anywhere: whatever waits may ask again at once. */
  wake(device: string | undefined, resource: string | undefined): void;
}

export function rptKey({ device, origin, resource, path, scopes }: RptWish): string {
  return JSON.stringify([device, origin, resource ?? null, resource === undefined ? path : null, [...scopes].sort()]);
}

export function createRptMemory(limit = 1000): RptMemory {
  const entries = new Map<string, { wish: RptWish; entry: Granted | Waiting }>();

  function put(key: string, wish: RptWish, entry: Granted | Waiting): void {
    entries.delete(key);
    const [oldest] = entries.keys();
    if (entries.size >= limit && oldest !== undefined) entries.delete(oldest);
    entries.set(key, { wish, entry });
  }

  return {
    get(key) {
      const known = entries.get(key);
      if (known) put(key, known.wish, known.entry);
      return known?.entry;
    },
    put,
    remove: (key) => void entries.delete(key),
    end(target) {
      for (const [key, { entry }] of entries) {
        if (entry.state === 'granted' && concerns(target, entry)) entries.delete(key);
      }
    },
    wake(device, resource) {
      for (const { wish, entry } of entries.values()) {
        if (entry.state === 'waiting' && isAbout(wish, entry, device, resource)) entry.untilMs = 0;
      }
    },
  };
}

function isAbout(wish: RptWish, entry: Waiting, device: string | undefined, resource: string | undefined): boolean {
  if (device !== undefined && entry.device !== device) return false;
  return resource === undefined || wish.resource === undefined || wish.resource === resource;
}

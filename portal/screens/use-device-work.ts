import { confirmedLines } from '../sharing/confirmed.ts';
import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { Confirmations, DeviceRecord } from '../wire/records.ts';
import type { PortalKey } from '../words/words.ts';

export interface DeviceWork {
  busy: boolean;
  rename(name: string): void;
  suspend(): void;
  resume(): void;
  retire(): void;
  remove(): void;
}

const CHANGES = ['devices', 'shares', 'requests', 'home'] as const;

/** All that can be done with one device. What ends something says who has confirmed it. */
export function useDeviceWork({ id, name }: DeviceRecord): DeviceWork {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { busy, run } = useAct();
  const path = `/api/devices/${encodeURIComponent(id)}`;
  const say = (key: PortalKey) => (known: Confirmations) => ({
    text: words.say(key, { device: name }),
    details: confirmedLines(known, gateways, words),
  });
  const state = (verb: string, key: PortalKey) =>
    void run(() => api.act<Confirmations>('POST', `${path}/${verb}`, {}), { done: say(key), changes: CHANGES });
  return {
    busy,
    suspend: () => state('suspend', 'portal.suspended'),
    resume: () => state('resume', 'portal.resumed'),
    retire: () => state('retire', 'portal.retired'),
    rename: (next) =>
      void run(() => api.act<DeviceRecord>('PATCH', path, { name: next }), {
        done: (renamed) => ({ text: words.say('portal.renamed', { device: renamed.name }) }),
        changes: CHANGES,
      }),
    remove: () =>
      void run(() => api.act<Confirmations>('DELETE', path), { done: say('portal.removed'), changes: CHANGES }),
  };
}

import { useTopic } from '../shell/portal.ts';
import type { Names } from './history-line.ts';

/** Names by id, of what is there now. */
export function useNames(): Names {
  const devices = useTopic('devices').value ?? [];
  const resources = useTopic('resources').value ?? [];
  const gateways = useTopic('gateways').value ?? [];
  const nameIn = (list: readonly { id: string; name: string }[]) => {
    const names = new Map(list.map(({ id, name }) => [id, name]));
    return (id: string) => names.get(id);
  };
  return { device: nameIn(devices), resource: nameIn(resources), gateway: nameIn(gateways) };
}

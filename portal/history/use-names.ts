import { useTopic, useWords } from '../shell/portal.ts';
import { gatewayCalled } from '../words/gateway-name.ts';
import type { Names } from './history-line.ts';

/** Names by id, of what is there now. */
export function useNames(): Names {
  const words = useWords();
  const devices = useTopic('devices').value ?? [];
  const resources = useTopic('resources').value ?? [];
  const gateways = useTopic('gateways').value ?? [];
  const nameIn = (list: readonly { id: string; name: string }[]) => {
    const names = new Map(list.map(({ id, name }) => [id, name]));
    return (id: string) => names.get(id);
  };
  const called = (name: string) => gatewayCalled(name, words);
  const gatewayName = nameIn(gateways);
  return {
    device: nameIn(devices),
    resource: nameIn(resources),
    gateway: (id) => {
      const name = gatewayName(id);
      return name === undefined ? undefined : called(name);
    },
    gatewayCalled: called,
  };
}

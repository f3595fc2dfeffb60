import { useTopic, useWords } from '../shell/portal.ts';
import type { DeviceRecord, ShareRecord } from '../wire/records.ts';
import { gatewayCalled } from '../words/gateway-name.ts';

/** Its gateway has said that no flow has it any more. Of one that never said, or that is outside of any, nothing is known. */
export function hasLeftFlow({ inFlow, state }: Pick<DeviceRecord, 'inFlow' | 'state'>): boolean {
  return inFlow === false && state !== 'retired';
}

/** What it means that no flow has a device any more, and what its owner can do. */
export function LeftFlow({ device }: { device: DeviceRecord }) {
  const words = useWords();
  const gateways = useTopic('gateways').value ?? [];
  if (!hasLeftFlow(device)) return null;
  const name = gateways.find(({ id }) => id === device.gateway)?.name;
  const gateway = name === undefined ? words.say('portal.a_gateway') : gatewayCalled(name, words);
  return <p class="warning">{words.say('portal.left_flow_text', { gateway })}</p>;
}

/** Of a share whose resource no flow guards any more. */
export function UnguardedResource({ share }: { share: ShareRecord }) {
  const words = useWords();
  const resources = useTopic('resources').value ?? [];
  if (resources.find(({ id }) => id === share.resource)?.inFlow !== false) return null;
  return <p class="soft">{words.say('portal.resource_left_flow', { resource: share.resourceName })}</p>;
}

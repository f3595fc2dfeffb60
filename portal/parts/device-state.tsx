import { deviceStateText, isHalted } from '../../lib/sharing/device-state.ts';
import { isNameShared, isSucceeded } from '../sharing/same-name.ts';
import { useTopic, useWords } from '../shell/portal.ts';
import type { DeviceRecord } from '../wire/records.ts';
import { gatewayCalled } from '../words/gateway-name.ts';
import { hasLeftFlow } from './left-flow.tsx';

/** Whether a device may act at all, which none may while everything is stopped, and where its key lives. */
export function DeviceState({ device }: { device: DeviceRecord }) {
  const words = useWords();
  const allStopped = useTopic('home').value?.panic.active ?? false;
  const devices = useTopic('devices').value ?? [];
  return (
    <>
      <p class="tags">
        <span class={`tag ${isHalted(device.state, allStopped) ? 'halted' : device.state}`}>
          {words.tell(deviceStateText(device.state, allStopped))}
        </span>
        <Assurance device={device} />
        {hasLeftFlow(device) && <span class="tag">{words.say('portal.left_flow')}</span>}
        {isNameShared(device, devices) && <span class="tag quarantined">{words.say('portal.name_taken_tag')}</span>}
      </p>
      {isSucceeded(device, devices) && <p class="soft">{words.say('portal.succeeded', { device: device.name })}</p>}
    </>
  );
}

function Assurance({ device }: { device: DeviceRecord }) {
  const words = useWords();
  const gateways = useTopic('gateways').value ?? [];
  if (device.assurance === 'device') return <span class="tag">{words.say('portal.key_own')}</span>;
  if (device.assurance === 'shared') return <span class="tag">{words.say('portal.key_shared')}</span>;
  const name = gateways.find(({ id }) => id === device.gateway)?.name;
  const gateway = name === undefined ? words.say('portal.a_gateway') : gatewayCalled(name, words);
  return <span class="tag">{words.say('portal.key_gateway', { gateway })}</span>;
}

import { DeviceState } from '../parts/device-state.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Page } from '../parts/page.tsx';
import { StoppedBanner } from '../parts/stopped-banner.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useTopic, useWords } from '../shell/portal.ts';
import type { DeviceRecord, ShareRecord } from '../wire/records.ts';
import { DeviceActions } from './device-actions.tsx';
import { NewShare } from './new-share.tsx';
import { ShareList } from './party-card.tsx';

/** One device: what it is, what it may do, and all that can be done with it. */
export function Device({ id }: { id: string }) {
  const words = useWords();
  const devices = useTopic('devices');
  const shares = useTopic('shares').value ?? [];
  const device = devices.value?.find((one) => one.id === id);
  if (device === undefined)
    return (
      <Page title={words.say('portal.device_title')}>
        {devices.value ? <p>{words.say('portal.not_there')}</p> : <Waiting held={devices} />}
      </Page>
    );
  return (
    <KnownDevice device={device} shares={shares.filter(({ party }) => party.kind === 'device' && party.id === id)} />
  );
}

function KnownDevice({ device, shares }: { device: DeviceRecord; shares: ShareRecord[] }) {
  const words = useWords();
  const mayShare = device.state !== 'retired';
  return (
    <Page title={device.name}>
      <StoppedBanner />
      <DeviceState device={device} />
      <section class="card" aria-labelledby="may">
        <h2 id="may">{words.say('portal.may_title')}</h2>
        <ShareList shares={shares} />
        {mayShare && <NewShare party={{ kind: 'device', id: device.id }} />}
      </section>
      <section class="card" aria-labelledby="about">
        <h2 id="about">{words.say('portal.about_title')}</h2>
        <DeviceFacts device={device} />
      </section>
      <DeviceActions device={device} />
    </Page>
  );
}

function DeviceFacts({ device }: { device: DeviceRecord }) {
  const words = useWords();
  const { callsItself, keyChangedAt, lastSeen } = device;
  return (
    <dl>
      <dt>{words.say('portal.calls_itself')}</dt>
      <dd>{callsItself}</dd>
      <dt>{words.say('portal.fingerprint')}</dt>
      <dd>
        <Fingerprint of={device.fingerprint} />
        {keyChangedAt !== undefined && (
          <p class="warning">{words.say('portal.key_changed', { at: words.when(keyChangedAt) })}</p>
        )}
      </dd>
      <dt>{words.say('portal.known_since')}</dt>
      <dd>{words.when(device.createdAt)}</dd>
      {lastSeen !== undefined && <dt>{words.say('portal.last_seen')}</dt>}
      {lastSeen !== undefined && <dd>{words.when(lastSeen)}</dd>}
    </dl>
  );
}

import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Form } from '../parts/form.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { DeviceRecord } from '../wire/records.ts';

/** Devices that have registered and are nobody's yet. */
export function Newcomers() {
  const words = useWords();
  const newcomers = useTopic('newcomers');
  if (newcomers.value === undefined) return <Waiting held={newcomers} />;
  return (
    <>
      <OpenDoor />
      {newcomers.value.length === 0 && <p class="soft">{words.say('portal.no_newcomers')}</p>}
      <ul class="plain">
        {newcomers.value.map((device) => (
          <Newcomer key={device.id} device={device} />
        ))}
      </ul>
    </>
  );
}

/** Devices on other computers may register only while this is open. */
function OpenDoor() {
  const { api, words } = usePortal();
  const until = useTopic('home').value?.openRegistration?.until;
  const { busy, run } = useAct();
  const open = () => void run(() => api.act('POST', '/api/open-registration', {}), { changes: ['home', 'newcomers'] });
  const close = () => void run(() => api.act('DELETE', '/api/open-registration'), { changes: ['home'] });
  if (until === undefined)
    return (
      <>
        <p class="soft">{words.say('portal.door_intro')}</p>
        <Button kind="quiet" busy={busy} onPress={open}>
          {words.say('portal.door_open')}
        </Button>
      </>
    );
  return (
    <>
      <p>{words.say('portal.door_is_open', { until })}</p>
      <Button kind="quiet" busy={busy} onPress={close}>
        {words.say('portal.door_close')}
      </Button>
    </>
  );
}

function Newcomer({ device }: { device: DeviceRecord }) {
  const { api, words } = usePortal();
  const [name, setName] = useState(device.callsItself);
  const { busy, run } = useAct();
  const claim = () =>
    void run(() => api.act<DeviceRecord>('POST', `/api/devices/${encodeURIComponent(device.id)}/claim`, { name }), {
      done: (claimed) => ({ text: words.say('portal.claimed', { device: claimed.name }) }),
      changes: ['devices', 'newcomers', 'home'],
    });
  return (
    <li class="share">
      <h3>{words.say('portal.calls_itself_what', { device: device.callsItself })}</h3>
      {device.nameTaken && <p class="warning">{words.say('portal.name_taken')}</p>}
      <p class="soft">{words.say('portal.registered_at', { at: words.when(device.createdAt) })}</p>
      <p>{words.say('portal.compare_fingerprint')}</p>
      <Fingerprint of={device.fingerprint} />
      <Form submit={words.say('portal.claim')} busy={busy} onSubmit={claim}>
        <Field label={words.say('portal.device_name')} value={name} onValue={setName} longest={80} required />
      </Form>
    </li>
  );
}

import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { LeftFlow } from '../parts/left-flow.tsx';
import { useWords } from '../shell/portal.ts';
import type { DeviceRecord } from '../wire/records.ts';
import { type DeviceWork, useDeviceWork } from './use-device-work.ts';

/** Naming it, stopping it for a while, for ever, and taking it off the list. */
export function DeviceActions({ device }: { device: DeviceRecord }) {
  const words = useWords();
  const work = useDeviceWork(device);
  return (
    <section class="card" aria-labelledby="do">
      <h2 id="do">{words.say('portal.do_title')}</h2>
      <LeftFlow device={device} />
      <Rename device={device} work={work} />
      <div class="row">
        <Pause device={device} work={work} />
        {device.state !== 'retired' && (
          <Confirm
            opens={words.say('portal.retire')}
            title={words.say('portal.retire_title', { device: device.name })}
            text={words.say('portal.retire_text')}
            yes={words.say('portal.retire')}
            onYes={work.retire}
          />
        )}
        <Confirm
          opens={words.say('portal.remove')}
          title={words.say('portal.remove_title', { device: device.name })}
          text={words.say('portal.remove_text')}
          yes={words.say('portal.remove')}
          onYes={work.remove}
        />
      </div>
    </section>
  );
}

interface PartProps {
  device: DeviceRecord;
  work: DeviceWork;
}

function Pause({ device, work }: PartProps) {
  const words = useWords();
  if (device.state === 'quarantined')
    return (
      <Button busy={work.busy} onPress={work.resume}>
        {words.say('portal.resume')}
      </Button>
    );
  if (device.state !== 'active') return null;
  return (
    <Button kind="quiet" busy={work.busy} onPress={work.suspend}>
      {words.say('portal.suspend')}
    </Button>
  );
}

function Rename({ device, work }: PartProps) {
  const words = useWords();
  const [name, setName] = useState(device.name);
  return (
    <Form submit={words.say('portal.rename')} busy={work.busy} onSubmit={() => work.rename(name)}>
      <Field label={words.say('portal.device_name')} value={name} onValue={setName} longest={80} required />
    </Form>
  );
}

import { useState } from 'preact/hooks';
import { shareSentence } from '../../lib/sharing/sentence.ts';
import type { Party } from '../../lib/sharing/share.ts';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Form } from '../parts/form.tsx';
import { LimitsFields } from '../parts/limits-form.tsx';
import { useOpened } from '../parts/use-opened.ts';
import { Waiting } from '../parts/waiting.tsx';
import { allOf, type Limits, type WrongLimits, wishedOf } from '../sharing/limits.ts';
import { useKeyPlace } from '../sharing/use-key-place.ts';
import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { ResourceRecord, ShareRecord } from '../wire/records.ts';

/** Shares something with a device, or a person, that has not asked for it. */
export function NewShare({ party }: { party: Party }) {
  const { words } = usePortal();
  const { isOpen, opener, toggle, close, cancel } = useOpened();
  const resources = useTopic('resources');
  const [first] = resources.value ?? [];
  return (
    <>
      <Button kind="quiet" expanded={isOpen} element={opener} onPress={toggle}>
        {words.say('portal.share_more')}
      </Button>
      {isOpen && resources.value === undefined && <Waiting held={resources} />}
      {isOpen && resources.value?.length === 0 && <p>{words.say('portal.no_resources')}</p>}
      {isOpen && first && (
        <ShareForm party={party} resources={resources.value ?? []} onDone={close} onCancel={cancel} />
      )}
    </>
  );
}

interface ShareFormProps {
  party: Party;
  resources: ResourceRecord[];
  onDone(): void;
  onCancel(): void;
}

function ShareForm({ party, resources, onDone, onCancel }: ShareFormProps) {
  const { words } = usePortal();
  const [chosen, setChosen] = useState(resources[0]?.id ?? '');
  const resource = resources.find(({ id }) => id === chosen);
  const [limits, setLimits] = useState<Limits>(allOf(resource?.scopes ?? []));
  const keyPlace = useKeyPlace(party);
  const { share, busy, wrong } = useShare(party, onDone);
  const choose = (id: string) => {
    setChosen(id);
    setLimits(allOf(resources.find((one) => one.id === id)?.scopes ?? []));
  };
  return (
    <Form submit={words.say('portal.share')} busy={busy} onSubmit={() => share(chosen, limits)} onCancel={onCancel}>
      <Choice
        label={words.say('portal.share_what')}
        value={chosen}
        offered={resources.map(({ id, name }) => [id, name])}
        onValue={choose}
      />
      <LimitsFields
        offered={resource?.scopes ?? []}
        limits={limits}
        onLimits={setLimits}
        wrong={wrong}
        keyPlace={keyPlace}
      />
    </Form>
  );
}

function useShare(party: Party, onDone: () => void) {
  const { api, words } = usePortal();
  const { busy, run } = useAct();
  const [wrong, setWrong] = useState<WrongLimits>();
  const share = (resource: string, limits: Limits) => {
    const wished = wishedOf(limits, new Date());
    if ('wrong' in wished) return setWrong(wished.wrong);
    setWrong(undefined);
    void run(() => api.act<ShareRecord>('POST', '/api/shares', { resource, party, ...wished }), {
      done: (made) => ({ text: `${words.tell(shareSentence(made, made.resourceName))}.` }),
      changes: ['shares', 'requests', 'devices', 'home'],
    }).then((done) => done && onDone());
  };
  return { share, busy, wrong };
}

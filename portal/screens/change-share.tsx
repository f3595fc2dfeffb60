import { useState } from 'preact/hooks';
import { shareSentence } from '../../lib/sharing/sentence.ts';
import { Form } from '../parts/form.tsx';
import { LimitsFields } from '../parts/limits-form.tsx';
import { confirmedLines } from '../sharing/confirmed.ts';
import { type Limits, limitsOf, type WrongLimits, wishedOf } from '../sharing/limits.ts';
import { useKeyPlace } from '../sharing/use-key-place.ts';
import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { Confirmations, ShareRecord } from '../wire/records.ts';

interface ChangeShareProps {
  share: ShareRecord;
  onDone(): void;
  onCancel(): void;
}

/** Changes what a share allows. What was given out under it before is over with that. */
export function ChangeShare({ share, onDone, onCancel }: ChangeShareProps) {
  const { words } = usePortal();
  const resource = useTopic('resources').value?.find(({ id }) => id === share.resource);
  const [limits, setLimits] = useState<Limits>(limitsOf(share));
  const keyPlace = useKeyPlace(share.party);
  const { change, busy, wrong } = useChange(share, onDone);
  const { until } = share.conditions;
  const keeps = until === undefined ? undefined : words.tell({ key: 'portal.end_kept', values: { until } });
  return (
    <Form submit={words.say('portal.save')} busy={busy} onSubmit={() => change(limits)} onCancel={onCancel}>
      <LimitsFields
        offered={resource?.scopes ?? share.scopes}
        limits={limits}
        onLimits={setLimits}
        wrong={wrong}
        keeps={keeps}
        keyPlace={keyPlace}
      />
    </Form>
  );
}

function useChange(share: ShareRecord, onDone: () => void) {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { busy, run } = useAct();
  const [wrong, setWrong] = useState<WrongLimits>();
  const change = (limits: Limits) => {
    const wished = wishedOf(limits, new Date(), share.conditions);
    if ('wrong' in wished) return setWrong(wished.wrong);
    setWrong(undefined);
    const path = `/api/shares/${encodeURIComponent(share.id)}`;
    // All that is ticked is sent: where another window took something away meanwhile, that must not bring it back.
    const sent = { ...wished, version: share.version };
    void run(() => api.act<ShareRecord & Confirmations>('PATCH', path, sent), {
      done: (changed) => ({
        text: `${words.tell(shareSentence(changed, changed.resourceName))}.`,
        details: confirmedLines(changed, gateways, words),
      }),
      changes: ['shares', 'requests', 'home'],
    }).then((done) => done && onDone());
  };
  return { change, busy, wrong };
}

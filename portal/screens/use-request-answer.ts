import { useState } from 'preact/hooks';
import { shareSentence } from '../../lib/sharing/sentence.ts';
import { type Limits, type WrongLimits, wishedOf } from '../sharing/limits.ts';
import { usePortal } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { RequestRecord, ShareRecord } from '../wire/records.ts';

/** The owner's yes or no to one request. Two answers are never given: the second is told what the first has done. */
export function useRequestAnswer(request: RequestRecord, limits: Limits) {
  const { api, words } = usePortal();
  const { busy, run } = useAct();
  const [wrong, setWrong] = useState<WrongLimits>();
  const path = `/api/requests/${encodeURIComponent(request.id)}`;
  const approve = () => {
    const wished = wishedOf(limits, new Date());
    if ('wrong' in wished) return setWrong(wished.wrong);
    setWrong(undefined);
    void run(() => api.act<ShareRecord>('POST', `${path}/approve`, wished), {
      done: (share) => ({ text: `${words.tell(shareSentence(share, share.resourceName))}.` }),
      changes: ['requests', 'shares', 'devices', 'home'],
    });
  };
  const deny = () =>
    void run(() => api.act('POST', `${path}/deny`, {}), {
      done: () => ({ text: words.say('portal.denied', { device: request.person ?? request.deviceName }) }),
      changes: ['requests', 'home'],
    });
  return { approve, deny, busy, wrong };
}

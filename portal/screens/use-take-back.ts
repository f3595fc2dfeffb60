import { shareSentence } from '../../lib/sharing/sentence.ts';
import { wishAgain } from '../sharing/again.ts';
import { confirmedLines } from '../sharing/confirmed.ts';
import type { Notice } from '../shell/notices.ts';
import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { EndedRecord, ShareRecord } from '../wire/records.ts';

/** Ends a share at once, says who knows already, and offers it again, as a new share. */
export function useTakeBack(share: ShareRecord): { takeBack(): void; busy: boolean } {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { busy, run } = useAct();
  const shareAgain = useShareAgain(share);
  const takeBack = () =>
    void run(() => api.act<EndedRecord>('DELETE', `/api/shares/${encodeURIComponent(share.id)}`), {
      done: (ended) => ({
        text: words.say('portal.taken_back', { sentence: words.tell(shareSentence(share, share.resourceName)) }),
        details: confirmedLines(ended, gateways, words),
        ...shareAgain(),
      }),
      changes: ['shares', 'home'],
    });
  return { takeBack, busy };
}

/** @returns the offer to share the same anew; nothing where it would be over */
function useShareAgain(share: ShareRecord): () => Pick<Notice, 'offer'> {
  const { api, words } = usePortal();
  const { run } = useAct();
  return () => {
    const wish = wishAgain(share, Date.now());
    if (wish === undefined) return {};
    const again = () =>
      void run(() => api.act<ShareRecord>('POST', '/api/shares', wish), {
        done: (made) => ({ text: `${words.tell(shareSentence(made, made.resourceName))}.` }),
        changes: ['shares', 'home'],
      });
    return { offer: { label: words.say('portal.share_again'), run: again } };
  };
}

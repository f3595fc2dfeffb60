import { shareSentence } from '../../lib/sharing/sentence.ts';
import { Button } from '../parts/button.tsx';
import { UnguardedResource } from '../parts/left-flow.tsx';
import { useOpened } from '../parts/use-opened.ts';
import { useWords } from '../shell/portal.ts';
import type { ShareRecord } from '../wire/records.ts';
import { ChangeShare } from './change-share.tsx';
import { useTakeBack } from './use-take-back.ts';

/** One share: what it allows, when it was used, and how to take it back or change it. */
export function ShareItem({ share }: { share: ShareRecord }) {
  const words = useWords();
  const change = useOpened();
  const { takeBack, busy } = useTakeBack(share);
  const sentence = words.tell(shareSentence(share, share.resourceName));
  return (
    <li class="share">
      <p>{sentence}.</p>
      <p class="soft">
        {share.lastUsed === undefined
          ? words.say('portal.never_used')
          : words.say('portal.last_used', { at: words.when(share.lastUsed) })}
      </p>
      <UnguardedResource share={share} />
      <div class="row">
        <Button
          small
          kind="quiet"
          busy={busy}
          label={words.say('portal.take_back_what', { sentence })}
          onPress={takeBack}
        >
          {words.say('portal.take_back')}
        </Button>
        <Button
          small
          kind="quiet"
          expanded={change.isOpen}
          element={change.opener}
          label={words.say('portal.change_what', { sentence })}
          onPress={change.toggle}
        >
          {words.say('portal.change')}
        </Button>
      </div>
      {change.isOpen && (
        <ChangeShare key={share.version} share={share} onDone={change.close} onCancel={change.cancel} />
      )}
    </li>
  );
}

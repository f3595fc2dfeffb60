import type { Held } from '../shelf/shelf.ts';
import { usePortal } from '../shell/portal.ts';
import { refusedText } from '../shell/refused-notice.ts';

/** In the place of a list that is not there yet, or could not be read. */
export function Waiting({ held = {}, onRetry }: { held?: Held<unknown>; onRetry?: () => void }) {
  const { shelf, words } = usePortal();
  if (held.refused === undefined) return <p class="soft">{words.say('portal.loading')}</p>;
  return (
    <div class="notice wrong" role="alert">
      <p>{refusedText(held.refused, words)}</p>
      <button type="button" class="small" onClick={onRetry ?? (() => void shelf.refresh())}>
        {words.say('portal.try_again')}
      </button>
    </div>
  );
}

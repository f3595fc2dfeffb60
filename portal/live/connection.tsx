import { useEffect } from 'preact/hooks';
import { usePortal, useRedraw } from '../shell/portal.ts';

/** Says so where the server cannot be heard: what is shown may be old then. */
export function Connection() {
  const { live, words } = usePortal();
  const redraw = useRedraw();
  useEffect(() => live.watch(redraw), [live]);
  return (
    <div class="connection" role="status">
      {live.isAway() && <p class="warning">{words.say('portal.away')}</p>}
    </div>
  );
}

import { useEffect } from 'preact/hooks';
import { holdFocus } from '../shell/focus.ts';
import type { Notice } from '../shell/notices.ts';
import { usePortal, useRedraw } from '../shell/portal.ts';

/** Always there, so that a screen reader hears what comes into it. */
export function NoticeBoard() {
  const { notices } = usePortal();
  const redraw = useRedraw();
  useEffect(() => notices.watch(redraw), [notices]);
  return (
    <div class="notices" role="status">
      {notices.list().map((notice) => (
        <OneNotice key={notice.id} notice={notice} dismiss={() => notices.dismiss(notice.id)} />
      ))}
    </div>
  );
}

function OneNotice({ notice, dismiss }: { notice: Notice; dismiss(): void }) {
  const { words } = usePortal();
  const { kind, text, details = [], offer } = notice;
  const take = () => {
    dismiss();
    offer?.run();
  };
  const putAway = () => {
    dismiss();
    holdFocus();
  };
  return (
    <div class={`notice ${kind}`} role={kind === 'wrong' ? 'alert' : undefined} tabIndex={offer && -1}>
      <p>{text}</p>
      {details.map((line) => (
        <p key={line} class="soft">
          {line}
        </p>
      ))}
      <p class="row">
        {offer && (
          <button type="button" class="small quiet" onClick={take}>
            {offer.label}
          </button>
        )}
        <button type="button" class="small quiet" onClick={putAway}>
          {words.say('portal.dismiss')}
        </button>
      </p>
    </div>
  );
}

import { useRef, useState } from 'preact/hooks';
import type { Topic } from '../shelf/topics.ts';
import type { Answer } from '../wire/api.ts';
import { holdFocus } from './focus.ts';
import type { Notice } from './notices.ts';
import { usePortal } from './portal.ts';
import { refusedNotice } from './refused-notice.ts';

interface Acting<T> {
  /** What is said once it is done; nothing where the screen shows it. */
  done?: (value: T) => Omit<Notice, 'kind'> | undefined;
  /** What may have changed with it. */
  changes: readonly Topic[];
}

/** @returns the value where it was done, `undefined` where not, which the reader has been told then */
export type Run = <T>(work: () => Promise<Answer<T>>, acting: Acting<T>) => Promise<{ value: T } | undefined>;

/**
 * Does one thing at a time: a second press while the first is under way does nothing. Whatever comes of it, the lists are
 * read anew: also where somebody else was faster, and where no answer came and nobody knows whether it happened.
 */
export function useAct(): { busy: boolean; run: Run } {
  const { notices, shelf, words } = usePortal();
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const run: Run = async (work, { done, changes }) => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    const answer = await work().finally(() => {
      running.current = false;
      setBusy(false);
    });
    const said = answer.ok ? done?.(answer.value) : undefined;
    if (!answer.ok) notices.show(refusedNotice(answer, words));
    else if (said) notices.show({ kind: 'done', ...said });
    void shelf.refresh(changes).then(holdFocus);
    return answer.ok ? { value: answer.value } : undefined;
  };
  return { busy, run };
}

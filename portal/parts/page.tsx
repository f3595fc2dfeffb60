import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { holdFocus } from '../shell/focus.ts';
import { useWords } from '../shell/portal.ts';

/** One screen: its heading, which takes the focus when one arrives, and its name in the browser's tab. */
export function Page({ title, children }: { title: string; children: ComponentChildren }) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  // As soon as it stands there: some stand for less than a moment.
  useLayoutEffect(
    () => () => {
      // Whoever has been led to this heading is led to the one that comes instead.
      if (document.activeElement === heading.current) holdFocus();
    },
    [],
  );
  useEffect(() => {
    document.title = `${title} · ${words.say('portal.name')}`;
  }, [title]);
  return (
    <main>
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {children}
    </main>
  );
}

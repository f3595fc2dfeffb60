import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useWords } from '../shell/portal.ts';

/** One screen: its heading, which takes the focus when one arrives, and its name in the browser's tab. */
export function Page({ title, children }: { title: string; children: ComponentChildren }) {
  const words = useWords();
  useEffect(() => {
    document.title = `${title} · ${words.say('portal.name')}`;
  }, [title]);
  return (
    <main>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </main>
  );
}

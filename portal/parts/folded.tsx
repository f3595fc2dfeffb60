import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface FoldedProps {
  summary: string;
  children: ComponentChildren;
  openAtFirst?: boolean;
  /** Something in it has to be put right: it opens, each time anew. */
  wrong?: object | undefined;
}

/** What few need, folded away. */
export function Folded({ summary, children, openAtFirst = false, wrong }: FoldedProps) {
  const [isOpen, setOpen] = useState(openAtFirst);
  useEffect(() => {
    if (wrong !== undefined) setOpen(true);
  }, [wrong]);
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}

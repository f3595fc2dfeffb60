import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';

interface Opened {
  isOpen: boolean;
  /** For the button that opens it. */
  opener: RefObject<HTMLButtonElement | null>;
  toggle(): void;
  close(): void;
  /** Closes it, and leads the reader back to that button. */
  cancel(): void;
}

/** What a button opens, such as a form. */
export function useOpened(): Opened {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  return {
    isOpen,
    opener,
    toggle: () => setOpen(!isOpen),
    close,
    cancel() {
      close();
      opener.current?.focus();
    },
  };
}

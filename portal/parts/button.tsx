import type { ComponentChildren, RefObject } from 'preact';

interface ButtonProps {
  children: ComponentChildren;
  kind?: 'quiet' | 'danger' | undefined;
  small?: boolean | undefined;
  /** Said to screen readers in the place of the words on it, where those need what stands around them. */
  label?: string | undefined;
  /** Something is under way. The button keeps the focus, so it is not disabled; whoever acts looks to it. */
  busy?: boolean | undefined;
  expanded?: boolean | undefined;
  element?: RefObject<HTMLButtonElement | null>;
  onPress(): void;
}

export function Button({
  children,
  kind,
  small = false,
  label,
  busy = false,
  expanded,
  element,
  onPress,
}: ButtonProps) {
  const classes = [kind, small ? 'small' : undefined].filter(Boolean).join(' ');
  const named = label === undefined ? {} : { 'aria-label': label };
  const opens = expanded === undefined ? {} : { 'aria-expanded': expanded };
  return (
    <button
      ref={element ?? null}
      type="button"
      class={classes}
      aria-disabled={busy}
      onClick={onPress}
      {...named}
      {...opens}
    >
      {children}
    </button>
  );
}

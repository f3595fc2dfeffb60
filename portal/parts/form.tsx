import type { ComponentChildren } from 'preact';

interface FormProps {
  children: ComponentChildren;
  submit: string;
  busy?: boolean;
  onSubmit(): void;
}

/** A form with one button; the browser sends nothing by itself. */
export function Form({ children, submit, busy = false, onSubmit }: FormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <button type="submit" aria-disabled={busy}>
        {submit}
      </button>
    </form>
  );
}

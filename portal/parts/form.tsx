import type { ComponentChildren } from 'preact';
import { useWords } from '../shell/portal.ts';
import { Button } from './button.tsx';

interface FormProps {
  children: ComponentChildren;
  submit: string;
  busy?: boolean;
  onSubmit(): void;
  /** Leaves it as if it had not been opened; without it, it is always there. */
  onCancel?: () => void;
}

/** A form with a button that sends it, and where it was opened one that closes it; the browser sends nothing by itself. */
export function Form({ children, submit, busy = false, onSubmit, onCancel }: FormProps) {
  const words = useWords();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div class="row">
        <button type="submit" aria-disabled={busy}>
          {submit}
        </button>
        {onCancel && (
          <Button kind="quiet" onPress={onCancel}>
            {words.say('portal.no')}
          </Button>
        )}
      </div>
    </form>
  );
}

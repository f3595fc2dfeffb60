/** One question before something stops. */
import { openDialog } from './dialog.ts';
import { make, makeButton } from './make.ts';

export interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  yes: string;
  /** What the button says that does nothing. */
  no: string;
}

/** @returns whether they meant it; Escape and the button for no mean no */
export function confirmed({ title, text, yes, no }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (value: string) => async (): Promise<void> => dialog.close(value);
    const cancel = makeButton({ text: no, name: no, key: 'cancel' }, answer(''));
    const go = makeButton({ text: yes, name: yes, key: 'go' }, answer('yes'));
    go.classList.add('primary');
    const words = make('p', { id: 'uma-question' }, text);
    const parts = [words, make('div', { className: 'uma-dialog-buttons' }, cancel, go)];
    const dialog = openDialog(title, parts, (value) => resolve(value === 'yes'));
    dialog.setAttribute('aria-describedby', words.id);
    cancel.focus();
  });
}

/** One question before something stops. */
import { make, makeButton } from './make.ts';
import { say } from './say.ts';

interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  yes: string;
}

/** @returns whether they meant it; Escape and *Cancel* mean no */
export function confirmed({ title, text, yes }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const heading = make('h2', { id: 'uma-confirm-title' }, title);
    const dialog = make('dialog', { className: 'uma-confirm' }, heading, make('p', {}, text));
    dialog.setAttribute('aria-labelledby', heading.id);
    const answer = (value: string) => async (): Promise<void> => dialog.close(value);
    const cancel = makeButton({ text: say('cancel'), name: say('cancel'), key: 'cancel' }, answer(''));
    const go = makeButton({ text: yes, name: yes, key: 'go' }, answer('yes'));
    go.classList.add('primary');
    dialog.append(make('div', { className: 'uma-confirm-buttons' }, cancel, go));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    // No key pressed here is a command to the editor.
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    document.body.append(dialog);
    dialog.showModal();
    cancel.focus();
  });
}

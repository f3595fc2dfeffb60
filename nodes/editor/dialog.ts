/** A window over the editor: named by its heading, closed by Escape, and no key pressed in it is a command to the editor. */
import { make, type Part } from './make.ts';

/**
 * Opens it; the focus is on its heading until something in it is focused, and goes back to where it was.
 *
 * @param closed - is called once, with what `close` of the dialog was given; Escape gives an empty text
 */
export function openDialog(title: string, parts: Part[], closed: (value: string) => void): HTMLDialogElement {
  // The focus may rest on it, so that it is read first and nothing is pressed by mistake.
  const heading = make('h2', { id: 'uma-dialog-title', tabIndex: -1 }, title);
  const dialog = make('dialog', { className: 'uma-dialog' }, heading, ...parts);
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.addEventListener('close', () => {
    dialog.remove();
    closed(dialog.returnValue);
  });
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  return dialog;
}

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useWords } from '../shell/portal.ts';
import { Button } from './button.tsx';

interface ConfirmProps {
  /** On the button that asks. */
  opens: string;
  title: string;
  text: string;
  /** On the button that does it. */
  yes: string;
  onYes(): void;
}

/** A button for what cannot be undone: it says first what will happen. The browser's own dialog keeps and gives back the focus. */
export function Confirm({ opens, onYes, ...said }: ConfirmProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  const yes = () => {
    close();
    onYes();
  };
  return (
    <>
      <Button kind="danger" onPress={() => setOpen(true)}>
        {opens}
      </Button>
      {isOpen && <Asking {...said} onYes={yes} onNo={close} />}
    </>
  );
}

function Asking({ title, text, yes, onYes, onNo }: Omit<ConfirmProps, 'opens'> & { onNo(): void }) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const no = () => {
    // Closed before it goes, so that the browser gives the focus back.
    dialog.current?.close();
    onNo();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onNo}>
      <h2 id={id}>{title}</h2>
      <p>{text}</p>
      <div class="row">
        <Button kind="quiet" onPress={no}>
          {words.say('portal.no')}
        </Button>
        <Button kind="danger" onPress={onYes}>
          {yes}
        </Button>
      </div>
    </dialog>
  );
}

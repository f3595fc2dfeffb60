import { useState } from 'preact/hooks';
import { usePortal } from '../shell/portal.ts';
import { refusedText } from '../shell/refused-notice.ts';
import { useAct } from '../shell/use-act.ts';
import type { Answer } from '../wire/api.ts';

export interface NewPassword {
  old: string;
  next: string;
  again: string;
}

interface WrongPassword {
  field: keyof NewPassword;
  text: string;
}

interface Changing {
  change(typed: NewPassword): void;
  busy: boolean;
  wrong?: WrongPassword | undefined;
}

/** Changes the password of whoever is signed in. Both halves of the session are new afterwards, and every other has ended. */
export function usePassword(onDone: () => void): Changing {
  const { api, half, words } = usePortal();
  const { busy, run } = useAct();
  const [wrong, setWrong] = useState<WrongPassword>();
  const send = async ({ old, next }: NewPassword): Promise<Answer<{ csrfToken: string } | undefined>> => {
    const answer = await api.act<{ csrfToken: string }>('PUT', '/api/password', { old, new: next });
    if (answer.ok) half.keep(answer.value.csrfToken);
    const field = answer.ok ? undefined : fields[answer.error];
    if (answer.ok || field === undefined) return answer;
    // What belongs to a field is said there.
    const isOld = answer.error === 'sign_in_failed';
    setWrong({ field, text: isOld ? words.say('portal.password_wrong') : refusedText(answer, words) });
    return { ok: true, value: undefined };
  };
  const change = (typed: NewPassword) => {
    if (typed.next !== typed.again) return setWrong({ field: 'again', text: words.say('portal.password_differs') });
    if (typed.next === typed.old) return setWrong({ field: 'next', text: words.say('portal.password_same') });
    setWrong(undefined);
    void run(() => send(typed), {
      done: (done) => done && { text: words.say('portal.password_changed') },
      changes: ['sessions'],
    }).then((done) => done?.value && onDone());
  };
  return { change, busy, wrong };
}

const fields: Readonly<Record<string, keyof NewPassword | undefined>> = {
  sign_in_failed: 'old',
  too_many_requests: 'old',
  weak_password: 'next',
};

import { useEffect, useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { NoticeBoard } from '../parts/notice-board.tsx';
import { Page } from '../parts/page.tsx';
import { holdFocus } from '../shell/focus.ts';
import { usePortal } from '../shell/portal.ts';
import { refusedText } from '../shell/refused-notice.ts';
import type { Refused } from '../wire/api.ts';

/** @param ended - there was a session, and it is over */
export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn(): void }) {
  const { words } = usePortal();
  // The form goes with whatever had the focus: the reader arrives at what comes instead.
  useEffect(() => holdFocus, []);
  return (
    <Page title={words.say('portal.sign_in_title')}>
      <NoticeBoard />
      <p>{words.say(ended ? 'portal.signed_out' : 'portal.sign_in_intro')}</p>
      <SignInForm onSignedIn={onSignedIn} />
    </Page>
  );
}

function SignInForm({ onSignedIn }: { onSignedIn(): void }) {
  const { words } = usePortal();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { wrong, busy, send } = useSignIn(onSignedIn);
  return (
    <Form submit={words.say('portal.sign_in')} busy={busy} onSubmit={() => void send(name, password)}>
      <Field label={words.say('portal.name_field')} value={name} onValue={setName} autocomplete="username" required />
      <Field
        label={words.say('portal.password')}
        type="password"
        value={password}
        onValue={setPassword}
        autocomplete="current-password"
        wrong={wrong && refusedText(wrong, words)}
        required
      />
    </Form>
  );
}

function useSignIn(onSignedIn: () => void) {
  const { api, half } = usePortal();
  const [wrong, setWrong] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const send = async (name: string, password: string) => {
    if (busy) return;
    setBusy(true);
    const answer = await api.act<{ csrfToken: string }>('POST', '/api/session', { name, password });
    setBusy(false);
    if (!answer.ok) return setWrong(answer.error === 'unheard' ? { ...answer, error: 'no_connection' } : answer);
    half.keep(answer.value.csrfToken);
    onSignedIn();
  };
  return { wrong, busy, send };
}

import { useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { LEAST_PASSWORD } from '../session/least-password.ts';
import { useWords } from '../shell/portal.ts';
import { type NewPassword, usePassword } from './use-password.ts';

/** A new password, for whoever is signed in. */
export function Password() {
  const words = useWords();
  return (
    <Page title={words.say('portal.password_title')}>
      <p>{words.say('portal.password_intro')}</p>
      <PasswordForm />
    </Page>
  );
}

const NOTHING: NewPassword = { old: '', next: '', again: '' };

export function PasswordForm() {
  const words = useWords();
  const [typed, setTyped] = useState(NOTHING);
  const { change, busy, wrong } = usePassword(() => setTyped(NOTHING));
  const wrongIn = (field: keyof NewPassword) => (wrong?.field === field ? wrong.text : undefined);
  return (
    <Form submit={words.say('portal.password_change')} busy={busy} onSubmit={() => change(typed)}>
      <Field
        label={words.say('portal.password_old')}
        type="password"
        value={typed.old}
        onValue={(old) => setTyped({ ...typed, old })}
        autocomplete="current-password"
        wrong={wrongIn('old')}
        required
      />
      <Field
        label={words.say('portal.password_new')}
        type="password"
        value={typed.next}
        onValue={(next) => setTyped({ ...typed, next })}
        autocomplete="new-password"
        least={LEAST_PASSWORD}
        help={words.say('portal.password_help')}
        wrong={wrongIn('next')}
        required
      />
      <Field
        label={words.say('portal.password_again')}
        type="password"
        value={typed.again}
        onValue={(again) => setTyped({ ...typed, again })}
        autocomplete="new-password"
        wrong={wrongIn('again')}
        required
      />
    </Form>
  );
}

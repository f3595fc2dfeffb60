import { useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { LEAST_PASSWORD } from '../session/least-password.ts';
import { useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { type NewPassword, usePassword } from './use-password.ts';

const backToMore = () => {
  location.hash = linkTo({ screen: 'more' });
};

/** A new password, for whoever is signed in. */
export function Password() {
  const words = useWords();
  return (
    <Page title={words.say('portal.password_title')}>
      <p>{words.say('portal.password_intro')}</p>
      <PasswordForm onCancel={backToMore} />
    </Page>
  );
}

const NOTHING: NewPassword = { old: '', next: '', again: '' };

/** @param onCancel - where the form has a page of its own */
export function PasswordForm({ onCancel }: { onCancel?: () => void }) {
  const words = useWords();
  const [typed, setTyped] = useState(NOTHING);
  const { change, busy, wrong } = usePassword(() => setTyped(NOTHING));
  const wrongIn = (field: keyof NewPassword) => (wrong?.field === field ? wrong.text : undefined);
  return (
    <Form
      submit={words.say('portal.password_change')}
      busy={busy}
      onSubmit={() => change(typed)}
      {...(onCancel && { onCancel })}
    >
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

import { useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { LEAST_PASSWORD } from '../session/least-password.ts';
import { usePortal } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { PersonRecord } from '../wire/records.ts';

/** Makes a guest: someone who can say who they are, and whom things can be shared with. */
export function Invite() {
  const { api, words } = usePortal();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, run } = useAct();
  const invite = async () => {
    const invited = await run(() => api.act<PersonRecord>('POST', '/api/people', { name, password }), {
      done: (person) => ({ text: words.say('portal.invited', { name: person.name }) }),
      changes: ['people'],
    });
    if (invited === undefined) return;
    setName('');
    setPassword('');
  };
  return (
    <Form submit={words.say('portal.invite')} busy={busy} onSubmit={() => void invite()}>
      <Field label={words.say('portal.guest_name')} value={name} onValue={setName} longest={64} required />
      <Field
        label={words.say('portal.guest_password')}
        type="password"
        value={password}
        onValue={setPassword}
        autocomplete="new-password"
        least={LEAST_PASSWORD}
        help={words.say('portal.guest_password_help')}
        required
      />
    </Form>
  );
}

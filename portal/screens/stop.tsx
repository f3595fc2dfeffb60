import { useState } from 'preact/hooks';
import { Confirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { confirmedLines } from '../sharing/confirmed.ts';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { Confirmations } from '../wire/records.ts';

/** Stopping everything, which needs nothing but a press, and letting it go on, which needs the password. */
export function Stop() {
  const words = useWords();
  const home = useTopic('home');
  return (
    <Page title={words.say(home.value?.panic.active ? 'portal.stopped_title' : 'portal.stop_title')}>
      {home.value === undefined && <Waiting held={home} />}
      {home.value?.panic.active === false && <StopAll />}
      {home.value?.panic.active && <GoOn since={home.value.panic.since ?? 0} />}
    </Page>
  );
}

const CHANGES = ['home', 'gateways', 'sessions', 'devices', 'shares', 'requests'] as const;

function StopAll() {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { run } = useAct();
  const stop = () =>
    void run(() => api.act<Confirmations>('POST', '/api/panic', {}), {
      done: (known) => ({ text: words.say('portal.stopped'), details: confirmedLines(known, gateways, words) }),
      changes: CHANGES,
    });
  return (
    <>
      <p>{words.say('portal.stop_intro')}</p>
      <Confirm
        opens={words.say('portal.stop_button')}
        title={words.say('portal.stop_ask')}
        text={words.say('portal.stop_text')}
        yes={words.say('portal.stop_button')}
        onYes={stop}
      />
    </>
  );
}

function GoOn({ since }: { since: number }) {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const [password, setPassword] = useState('');
  const { busy, run } = useAct();
  const goOn = () =>
    void run(() => api.act<Confirmations>('DELETE', '/api/panic', { password }), {
      done: (known) => ({
        text: words.say('portal.goes_on'),
        details: [words.say('portal.goes_on_next'), ...confirmedLines(known, gateways, words)],
      }),
      changes: CHANGES,
    }).then(() => setPassword(''));
  return (
    <>
      <p class="warning">{words.say('portal.stopped_since', { since: words.when(since) })}</p>
      <p>{words.say('portal.go_on_intro')}</p>
      <Form submit={words.say('portal.go_on')} busy={busy} onSubmit={goOn}>
        <Field
          label={words.say('portal.password')}
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
          required
        />
      </Form>
    </>
  );
}

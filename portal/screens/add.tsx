import { useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { Newcomers } from './newcomers.tsx';

/** A Node-RED or a device comes into this home: by its code, or from the list of those that have registered. */
export function Add() {
  const words = useWords();
  return (
    <Page title={words.say('portal.add_title')}>
      <section class="card" aria-labelledby="by-code">
        <h2 id="by-code">{words.say('portal.code_title')}</h2>
        <CodeForm />
      </section>
      <section class="card" aria-labelledby="newcomers">
        <h2 id="newcomers">{words.say('portal.newcomers_title')}</h2>
        <Newcomers />
      </section>
    </Page>
  );
}

export function CodeForm() {
  const words = useWords();
  const [code, setCode] = useState('');
  const go = () => {
    location.hash = linkTo({ screen: 'code', id: code.trim() });
  };
  return (
    <Form submit={words.say('portal.code_look')} onSubmit={go}>
      <Field
        label={words.say('portal.code_field')}
        value={code}
        onValue={setCode}
        help={words.say('portal.code_help')}
        longest={20}
        required
      />
    </Form>
  );
}

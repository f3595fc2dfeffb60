import type { ComponentChildren } from 'preact';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useTopic, useWords } from '../shell/portal.ts';
import type { HomeRecord } from '../wire/records.ts';

/** How this server is told from one that only says so, and who can read along. */
export function Server() {
  const words = useWords();
  const home = useTopic('home');
  return (
    <Page title={words.say('portal.server_title')}>
      {home.value === undefined ? <Waiting held={home} /> : <Known home={home.value} />}
    </Page>
  );
}

function Known({ home }: { home: HomeRecord }) {
  const words = useWords();
  const { issuer, signingKey, certificate, notEncrypted } = home;
  return (
    <>
      <p>
        {words.say('portal.server_address')} <code>{issuer}</code>
      </p>
      {notEncrypted && (
        <Part id="open" title={words.say('portal.not_encrypted_title')}>
          <p class="warning">{words.say('portal.not_encrypted')}</p>
          <p>{words.say('portal.not_encrypted_what')}</p>
        </Part>
      )}
      {certificate && <Certificate certificate={certificate} />}
      <Part id="key" title={words.say('portal.server_key_title')}>
        <p>{words.say('portal.server_key_compare')}</p>
        <Fingerprint of={signingKey} />
      </Part>
    </>
  );
}

function Certificate({ certificate }: { certificate: NonNullable<HomeRecord['certificate']> }) {
  const words = useWords();
  const { fingerprint, made, expiresAt } = certificate;
  return (
    <Part id="certificate" title={words.say('portal.certificate_title')}>
      <p>{words.say(made ? 'portal.certificate_made' : 'portal.certificate_given')}</p>
      <Fingerprint of={fingerprint} />
      {made && <p>{words.say('portal.certificate_proof')}</p>}
      <p class="soft">{words.say(made ? 'portal.certificate_renewed' : 'portal.certificate_expires', { expiresAt })}</p>
    </Part>
  );
}

function Part({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

import { Confirm } from '../parts/confirm.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { confirmedLines } from '../sharing/confirmed.ts';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { useAct } from '../shell/use-act.ts';
import type { EndedRecord, GatewayRecord } from '../wire/records.ts';

/** The Node-REDs of this home. */
export function Gateways() {
  const words = useWords();
  const gateways = useTopic('gateways');
  return (
    <Page title={words.say('portal.gateways_title')}>
      {gateways.value === undefined && <Waiting held={gateways} />}
      {gateways.value?.length === 0 && <p>{words.say('portal.no_gateway')}</p>}
      {gateways.value?.map((gateway) => (
        <Gateway key={gateway.id} gateway={gateway} />
      ))}
      <p>
        <a class="button quiet" href={linkTo({ screen: 'add' })}>
          {words.say('portal.gateways_let_in')}
        </a>
      </p>
    </Page>
  );
}

function Gateway({ gateway }: { gateway: GatewayRecord }) {
  const words = useWords();
  const { name, connected, scopes } = gateway;
  const mayShare = scopes.includes('shares:grant');
  return (
    <article class="card" aria-label={name}>
      <h2>{name}</h2>
      <p class="tags">
        <span class={`tag ${connected ? 'active' : ''}`}>
          {words.say(connected ? 'portal.gateway_connected' : 'portal.gateway_away')}
        </span>
        <span class="tag">{words.say(mayShare ? 'portal.gateway_shares' : 'portal.gateway_shares_not')}</span>
      </p>
      <dl>
        <dt>{words.say('portal.known_since')}</dt>
        <dd>{words.when(gateway.createdAt)}</dd>
        <dt>{words.say('portal.asked_from')}</dt>
        <dd>{gateway.from}</dd>
        <dt>{words.say('portal.fingerprint')}</dt>
        <dd>
          <Fingerprint of={gateway.fingerprint} />
        </dd>
      </dl>
      <StopGateway gateway={gateway} />
    </article>
  );
}

function StopGateway({ gateway }: { gateway: GatewayRecord }) {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { run } = useAct();
  const stop = () =>
    void run(() => api.act<EndedRecord>('DELETE', `/api/gateways/${encodeURIComponent(gateway.id)}`), {
      done: (ended) => ({
        text: words.say('portal.gateway_stopped', { gateway: gateway.name, count: ended.revoked.length }),
        details: confirmedLines(ended, gateways, words),
      }),
      changes: ['gateways', 'devices', 'shares', 'resources', 'requests', 'home'],
    });
  return (
    <Confirm
      opens={words.say('portal.gateway_stop')}
      title={words.say('portal.gateway_stop_title', { gateway: gateway.name })}
      text={words.say('portal.gateway_stop_text')}
      yes={words.say('portal.gateway_stop')}
      onYes={stop}
    />
  );
}

import { Confirm } from '../parts/confirm.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Page } from '../parts/page.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { confirmedLines } from '../sharing/confirmed.ts';
import { givable, namesIn } from '../sharing/gateway-grant.ts';
import { usePortal, useTopic, useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';
import { useAct } from '../shell/use-act.ts';
import type { EndedRecord, GatewayRecord } from '../wire/records.ts';
import { gatewayCalled } from '../words/gateway-name.ts';
import type { PortalKey } from '../words/words.ts';
import { ChangeGateway } from './change-gateway.tsx';

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
  const { name, connected } = gateway;
  return (
    <article class="card" aria-label={name}>
      <h2>{name}</h2>
      <p class="tags">
        <span class={`tag ${connected ? 'active' : ''}`}>
          {words.say(connected ? 'portal.gateway_connected' : 'portal.gateway_away')}
        </span>
      </p>
      {gateway.asksAnew && gateway.scopes.length > 0 && <p class="warning">{words.say('portal.gateway_asks_anew')}</p>}
      <dl>
        <dt>{words.say('portal.gateway_may')}</dt>
        <dd>
          <MayDo gateway={gateway} />
        </dd>
        <dt>{words.say('portal.known_since')}</dt>
        <dd>{words.when(gateway.createdAt)}</dd>
        <dt>{words.say('portal.asked_from')}</dt>
        <dd>{gateway.from}</dd>
        <dt>{words.say('portal.fingerprint')}</dt>
        <dd>
          <Fingerprint of={gateway.fingerprint} />
        </dd>
      </dl>
      <div class="row">
        <ChangeGateway gateway={gateway} />
        <StopGateway gateway={gateway} />
      </div>
    </article>
  );
}

/** What its flows may do for the owner, in words; where sharing is limited, to what. */
function MayDo({ gateway: { scopes, resources } }: { gateway: GatewayRecord }) {
  const words = useWords();
  const known = useTopic('resources').value ?? [];
  const names = namesIn(resources, known);
  const given = givable.filter(([scope]) => scopes.includes(scope));
  if (given.length === 0) return <>{words.say('portal.gateway_may_nothing')}</>;
  const said = (scope: string, key: PortalKey) =>
    scope === 'shares:grant' && names !== undefined
      ? words.say('portal.gateway_may_share', { names: names.join(', ') || words.say('portal.gone') })
      : words.say(key);
  return (
    <ul class="plain">
      {given.map(([scope, key]) => (
        <li key={scope}>{said(scope, key)}</li>
      ))}
    </ul>
  );
}

function StopGateway({ gateway }: { gateway: GatewayRecord }) {
  const { api, words } = usePortal();
  const gateways = useTopic('gateways').value ?? [];
  const { run } = useAct();
  const called = gatewayCalled(gateway.name, words);
  const stop = () =>
    void run(() => api.act<EndedRecord>('DELETE', `/api/gateways/${encodeURIComponent(gateway.id)}`), {
      done: (ended) => ({
        text: words.say('portal.gateway_stopped', { gateway: called, count: ended.revoked.length }),
        details: confirmedLines(ended, gateways, words),
      }),
      changes: ['gateways', 'devices', 'shares', 'resources', 'requests', 'home'],
    });
  return (
    <Confirm
      opens={words.say('portal.gateway_stop')}
      title={words.say('portal.gateway_stop_title', { gateway: called })}
      text={words.say('portal.gateway_stop_text')}
      yes={words.say('portal.gateway_stop')}
      onYes={stop}
    />
  );
}

import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Form } from '../parts/form.tsx';
import { GrantFields } from '../parts/grant-fields.tsx';
import { useOpened } from '../parts/use-opened.ts';
import { type Grant, grantOf, isUndecided } from '../sharing/gateway-grant.ts';
import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { GatewayRecord } from '../wire/records.ts';
import { gatewayCalled } from '../words/gateway-name.ts';

/** Takes back what a gateway may do for the owner, all of it or a part. To be given more, it asks anew with a code. */
export function ChangeGateway({ gateway }: { gateway: GatewayRecord }) {
  const { words } = usePortal();
  const { isOpen, opener, toggle, close, cancel } = useOpened();
  const isThere = useTopic('resources').value !== undefined;
  if (gateway.scopes.length === 0) return null;
  // Begins anew where another window changed it: what is ticked here must not give back what was taken there.
  const limitsNow = JSON.stringify([gateway.scopes, gateway.resources]);
  return (
    <>
      <Button
        kind="quiet"
        expanded={isOpen}
        element={opener}
        label={words.say('portal.grant_change_what', { gateway: gatewayCalled(gateway.name, words) })}
        onPress={toggle}
      >
        {words.say('portal.grant_change')}
      </Button>
      {isOpen && isThere && <GrantForm key={limitsNow} gateway={gateway} onDone={close} onCancel={cancel} />}
    </>
  );
}

interface GrantFormProps {
  gateway: GatewayRecord;
  onDone(): void;
  onCancel(): void;
}

function GrantForm({ gateway, onDone, onCancel }: GrantFormProps) {
  const { api, words } = usePortal();
  const resources = useTopic('resources').value ?? [];
  const [grant, setGrant] = useState<Grant>(grantOf(gateway, resources));
  const [tried, setTried] = useState(false);
  const { busy, run } = useAct();
  const save = () => {
    setTried(true);
    if (isUndecided(grant)) return;
    const { scopes, only = null } = grant;
    const path = `/api/gateways/${encodeURIComponent(gateway.id)}`;
    void run(() => api.act<GatewayRecord>('PATCH', path, { scopes, resources: only }), {
      done: () => ({ text: words.say('portal.grant_changed', { gateway: gatewayCalled(gateway.name, words) }) }),
      changes: ['gateways', 'home'],
    }).then((done) => done && onDone());
  };
  return (
    <Form submit={words.say('portal.save')} busy={busy} onSubmit={save} onCancel={onCancel}>
      <GrantFields offered={gateway.scopes} grant={grant} onGrant={setGrant} tried={tried} />
      <p class="soft">{words.say('portal.grant_more')}</p>
    </Form>
  );
}

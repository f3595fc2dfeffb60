import type { Names } from '../history/history-line.ts';
import type { Naming } from '../history/log.ts';
import { useLog } from '../history/use-log.ts';
import { useNames } from '../history/use-names.ts';
import { Page } from '../parts/page.tsx';
import { confirmedLines, noShareEnded } from '../sharing/confirmed.ts';
import { useTopic, useWords } from '../shell/portal.ts';
import type { EndedShareRecord, ReceiptRecord } from '../wire/records.ts';
import { LogList } from './history.tsx';

/** Who has not confirmed yet may do so however old it is. */
const naming: Naming<ReceiptRecord> = {
  keyOf: ({ id, at }) => `${at} ${id}`,
  isOpen: ({ unconfirmed }) => unconfirmed.length > 0,
};

/** What was ended, when, and by whose order. */
export function Receipts() {
  const words = useWords();
  const names = useNames();
  const receipts = useLog('/api/receipts', naming);
  return (
    <Page title={words.say('portal.receipts_title')}>
      <p>{words.say('portal.receipts_intro')}</p>
      <LogList log={receipts} none={words.say('portal.no_receipts')}>
        {(receipt: ReceiptRecord) => <Receipt key={naming.keyOf(receipt)} receipt={receipt} names={names} />}
      </LogList>
    </Page>
  );
}

function Receipt({ receipt, names }: { receipt: ReceiptRecord; names: Names }) {
  const words = useWords();
  const { id, at, target, revoked, gateway } = receipt;
  const by =
    gateway === undefined
      ? words.say('portal.receipt_by_you')
      : words.say('portal.by_gateway', { gateway: names.gateway(gateway) ?? words.say('portal.gone') });
  return (
    <li class="line">
      {revoked.length === 0 && <p>{words.say(noShareEnded(target))}</p>}
      {revoked.map((share) => (
        <EndedShare key={share.share} share={share} names={names} />
      ))}
      <Confirmed receipt={receipt} />
      <p class="soft">
        {words.when(at)} · {by}
      </p>
      <p class="soft">
        {words.say('portal.receipt_number')} <code>{id}</code>
      </p>
    </li>
  );
}

/** Who has heard of it, and who has not yet; read anew as soon as one has. */
function Confirmed({ receipt }: { receipt: ReceiptRecord }) {
  const words = useWords();
  const gateways = useTopic('gateways').value;
  if (gateways === undefined) return null;
  return (
    <>
      {confirmedLines({ ...receipt, orderedBy: receipt.gateway }, gateways, words).map((line) => (
        <p key={line} class="soft">
          {line}
        </p>
      ))}
    </>
  );
}

function EndedShare({ share, names }: { share: EndedShareRecord; names: Names }) {
  const words = useWords();
  const { device, resource, scopes } = share;
  const values = {
    device: names.device(device) ?? device,
    resource: names.resource(resource) ?? words.say('portal.gone'),
    scopes: scopes.join(' '),
  };
  return <p>{words.say('portal.receipt_share', values)}</p>;
}

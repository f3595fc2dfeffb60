import type { Seconds } from '../../lib/sharing/share.ts';
import type { Confirmations, GatewayRecord } from '../wire/records.ts';
import { gatewayCalled } from '../words/gateway-name.ts';
import type { PortalKey, Words } from '../words/words.ts';

/** From so many on it was not connected, and when it was is more than how long that took. */
const LATE_MS = 10_000;

/** What is said of an order that ended no share: one that stops everything leaves them as they are. */
export function noShareEnded(target: object): PortalKey {
  return 'everything' in target ? 'portal.history_panic' : 'portal.receipt_nothing';
}

/** What there is to confirm; `orderedBy`: the gateway that gave the order, which knows of it without being told. */
type Awaited = Confirmations & { at?: Seconds; orderedBy?: string | undefined };

/** What a receipt says: who did it, which gateways have confirmed it, how fast or when, and which have not yet. */
export function confirmedLines(
  { at, gateways, unconfirmed, orderedBy }: Awaited,
  known: readonly Pick<GatewayRecord, 'id' | 'name'>[],
  words: Words,
): string[] {
  const nameOf = (id: string) => {
    const name = known.find((gateway) => gateway.id === id)?.name;
    return name === undefined ? words.say('portal.other_gateway') : gatewayCalled(name, words);
  };
  return [
    ...(orderedBy === undefined ? [] : [words.say('portal.did_itself', { gateway: nameOf(orderedBy) })]),
    ...gateways.map(({ id, ms }) => {
      const gateway = nameOf(id);
      if (at === undefined || ms < LATE_MS) return words.say('portal.confirmed', { gateway, ms });
      return words.say('portal.confirmed_late', { gateway, at: words.when(at + Math.floor(ms / 1000)) });
    }),
    ...unconfirmed.map((id) => words.say('portal.unconfirmed', { gateway: nameOf(id) })),
  ];
}

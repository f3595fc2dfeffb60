import type { Confirmations, GatewayRecord } from '../wire/records.ts';
import type { Words } from '../words/words.ts';

/** What a receipt says: which gateways have confirmed, how fast, and which have not yet. */
export function confirmedLines(
  { gateways, unconfirmed }: Confirmations,
  known: readonly Pick<GatewayRecord, 'id' | 'name'>[],
  words: Words,
): string[] {
  const nameOf = (id: string) => known.find((gateway) => gateway.id === id)?.name ?? words.say('portal.a_gateway');
  return [
    ...gateways.map(({ id, ms }) => words.say('portal.confirmed', { gateway: nameOf(id), ms })),
    ...unconfirmed.map((id) => words.say('portal.unconfirmed', { gateway: nameOf(id) })),
  ];
}

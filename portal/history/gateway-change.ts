import { givable } from '../sharing/gateway-grant.ts';
import type { HistoryRecord } from '../wire/records.ts';
import type { Words } from '../words/words.ts';
import type { Names } from './history-line.ts';

type Values = NonNullable<HistoryRecord['values']>;

/**
 * What flows of a Node-RED may do since it was changed: "see devices, shares and history; share: Lamp".
 * @returns nothing where the server did not write that down
 */
export function mayNow(values: Values, names: Pick<Names, 'resource'>, words: Pick<Words, 'say'>): string | undefined {
  const { scopes, resources } = values;
  if (scopes === undefined || resources === undefined) return undefined;
  const given = String(scopes).split(' ');
  const may = givable.flatMap(([scope, key]) => {
    if (!given.includes(scope)) return [];
    return scope === 'shares:grant' ? sharing(values, names, words) : words.say(key);
  });
  return may.join('; ') || words.say('portal.gateway_may_nothing');
}

function sharing({ resources, count }: Values, names: Pick<Names, 'resource'>, words: Pick<Words, 'say'>): string {
  if (resources === '*') return words.say('portal.gateway_may_share_all');
  const ids = String(resources).split(' ').filter(Boolean);
  const named = ids.map((id) => names.resource(id) ?? words.say('portal.gone'));
  const all = count === undefined ? named : [...named, '…'];
  return words.say('portal.gateway_may_share', { names: all.join(', ') || words.say('portal.gateway_may_nothing') });
}

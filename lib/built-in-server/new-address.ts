/** The server was moved: the same store answers under another issuer. */
import { say } from '../sharing/say.ts';
import type { GatewayStore, TableKind } from '../store/gateway-store.ts';
import { announceEnded } from './model/issued-tokens.ts';
import type { Model } from './model/model.ts';
import type { Credentials } from './provider/issued-tokens.ts';

export interface AddressParts {
  issuer: string;
  store: GatewayStore;
  model: Model;
  credentials: Pick<Credentials, 'rpts' | 'refreshes' | 'pcts' | 'tokens' | 'clients'>;
  log(line: string): void;
}

const kind: TableKind<string> = { name: 'address', version: 1, read: (stored) => String(stored) };
const only = 'issuer';
const mostNamed = 50;

/**
 * Where the issuer is another than before: devices, shares, resources and what an owner gave a gateway stay; every token
 * ends, since each names its issuer or was given under that name; and the log says which devices must be told.
 */
export async function noteAddress({ issuer, store, model, credentials, log }: AddressParts): Promise<void> {
  const table = store.table(kind);
  const before = table.get(only);
  if (before === issuer) return;
  await store.transaction(() => {
    table.put(only, issuer);
    if (before === undefined) return;
    endTokens(credentials, model);
    for (const { name } of model.owners.all().filter(({ guestOf }) => guestOf === undefined))
      model.history.add({ what: 'address_changed', by: { kind: 'server' }, owner: name, values: { before, issuer } });
  });
  // Before anybody owns it there is nothing to tell of.
  if (before === undefined || !model.owners.any()) return;
  const outside = model.devices.outside();
  const names = outside.slice(0, mostNamed).map(({ name, clientId }) => `${name} (${clientId})`);
  const values = { before, issuer, count: outside.length, devices: names.join(', ') };
  log(say({ key: outside.length === 0 ? 'log.address_changed' : 'log.address_changed_devices', values }));
}

function endTokens({ rpts, refreshes, pcts, tokens, clients }: AddressParts['credentials'], model: Model): void {
  announceEnded(rpts.endAll(), model.nowSeconds(), model.events.add);
  refreshes.endAll();
  pcts.removeAll();
  tokens.removeAtMove((clientId) => clients.get(clientId)?.kind === 'gateway');
}

import type { Epochs } from './epochs.ts';
import type { History } from './history.ts';
import { nameKey, type Tables } from './tables.ts';

/**
 * What this server has forgotten, as where a backup was put back: what was taken back since may be shared again, and only
 * the owner can know. A gateway that was told of it remembers.
 */
export interface Forgotten {
  /** A gateway has heard what this server does not know. Told to its owner once in each epoch; call it in a transaction. */
  note(clientId: string): void;
  /** Since when this owner has not looked through what is there. */
  since(owner: string): number | undefined;
  /** The owner has. */
  looked(owner: string): void;
}

export interface ForgottenParts {
  tables: Pick<Tables, 'owners' | 'gateways'>;
  epoch: Epochs['current'];
  history: Pick<History, 'add'>;
  nowSeconds(): number;
}

export function createForgotten({ tables, epoch, history, nowSeconds }: ForgottenParts): Forgotten {
  const record = (owner: string) => tables.owners.get(nameKey(owner));
  return {
    note(clientId) {
      const gateway = tables.gateways.get(clientId);
      const current = epoch();
      // It asks again until it has kept what it was told.
      if (gateway?.owner === undefined || current === undefined || gateway.forgottenIn === current) return;
      const { name, owner } = gateway;
      tables.gateways.put(clientId, { ...gateway, forgottenIn: current });
      history.add({ what: 'past_forgotten', by: { kind: 'server' }, owner, values: { gateway: clientId, name } });
      const known = record(owner);
      if (known) tables.owners.put(nameKey(owner), { ...known, forgottenSince: known.forgottenSince ?? nowSeconds() });
    },
    since: (owner) => record(owner)?.forgottenSince,
    looked(owner) {
      const known = record(owner);
      if (known?.forgottenSince === undefined) return;
      const { forgottenSince: _, ...looked } = known;
      tables.owners.put(nameKey(owner), looked);
    },
  };
}

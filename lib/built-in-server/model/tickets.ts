import type { Permission } from '../../uma/permission.ts';
import { newSecret } from './ids.ts';

/** What a resource server asked for on behalf of whoever knocked (UMA Federated Authorization 4.1). */
export interface Ticket {
  gateway: string;
  permissions: Permission[];
  /** The client that has used an earlier ticket of this process; nobody else may go on with it. */
  client?: string;
  /** Who said on the claims page that they stand behind this client (UMA Grant 3.3.3). */
  person?: string;
}

/**
 * Permission tickets: single use, ten minutes, in memory. A restart ends them, and the client asks the resource again.
 * Each resource server has room of its own, so that one that is flooded drives out only its own oldest.
 */
export interface Tickets {
  /** 256 random bits (UMA Grant 5.4). */
  issue(ticket: Ticket): string;
  /**
   * Uses the ticket up, in one synchronous step: of twenty who send it at once, one gets it.
   * A ticket that belongs to another client is not there, and stays where it is.
   */
  take(ticket: string, client: string): Ticket | undefined;
  /** Looks without using. */
  peek(ticket: string, client: string): Ticket | undefined;
  /** Those that say who stands behind this client are gone. */
  dropPeople(client: string): void;
  /** Those that say that this person stands behind a client are gone. */
  dropPerson(name: string): void;
}

export interface TicketLimits {
  lifeSeconds?: number;
  perGateway?: number;
  overall?: number;
}

interface Kept extends Ticket {
  expiresAt: number;
}

export function createTickets(nowSeconds: () => number, limits: TicketLimits = {}): Tickets {
  const { lifeSeconds = 600, perGateway = 5_000, overall = 50_000 } = limits;
  const all = new Map<string, Kept>();
  const byGateway = new Map<string, Set<string>>();
  const forget = (ticket: string) => {
    const own = byGateway.get(all.get(ticket)?.gateway ?? '');
    own?.delete(ticket);
    if (own?.size === 0) byGateway.delete(all.get(ticket)?.gateway ?? '');
    all.delete(ticket);
  };
  const of = (value: string, client: string) => {
    const found = all.get(value);
    return found?.client === undefined || found.client === client ? found : undefined;
  };
  const alive = (ticket: Kept) => (ticket.expiresAt > nowSeconds() ? ticket : undefined);
  const makeRoom = (gateway: string) => {
    // Both iterate oldest first, and all live equally long.
    for (const [ticket, { expiresAt }] of all) {
      if (expiresAt > nowSeconds() && all.size < overall) break;
      forget(ticket);
    }
    const own = byGateway.get(gateway);
    for (const ticket of own ?? []) {
      if ((own?.size ?? 0) < perGateway) break;
      forget(ticket);
    }
  };
  const dropWhere = (fits: (ticket: Ticket) => boolean) => {
    for (const [value, ticket] of all) if (fits(ticket)) forget(value);
  };
  return {
    issue(ticket) {
      makeRoom(ticket.gateway);
      const value = newSecret();
      all.set(value, { ...ticket, expiresAt: nowSeconds() + lifeSeconds });
      byGateway.set(ticket.gateway, (byGateway.get(ticket.gateway) ?? new Set()).add(value));
      return value;
    },
    take(value, client) {
      const found = of(value, client);
      if (found !== undefined) forget(value);
      return found && alive(found);
    },
    peek(value, client) {
      const found = of(value, client);
      return found && alive(found);
    },
    dropPeople: (wanted) => dropWhere(({ client, person }) => person !== undefined && client === wanted),
    dropPerson: (name) => dropWhere(({ person }) => person === name),
  };
}

import type { Permission } from '../../uma/permission.ts';
import { newSecret } from './ids.ts';

/** What a resource server asked for on behalf of whoever knocked (UMA Federated Authorization 4.1). */
export interface Ticket {
  gateway: string;
  permissions: Permission[];
  /** The client that has used an earlier ticket of this process; nobody else may go on with it. */
  client?: string;
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
  return {
    issue(ticket) {
      makeRoom(ticket.gateway);
      const value = newSecret();
      all.set(value, { ...ticket, expiresAt: nowSeconds() + lifeSeconds });
      byGateway.set(ticket.gateway, (byGateway.get(ticket.gateway) ?? new Set()).add(value));
      return value;
    },
    take(value, client) {
      const found = all.get(value);
      if (found === undefined || (found.client !== undefined && found.client !== client)) return undefined;
      forget(value);
      return found.expiresAt > nowSeconds() ? found : undefined;
    },
  };
}

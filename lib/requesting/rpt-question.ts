import type { ClientRole, DeviceClient, ResourceServerRole, RptOutcome } from '../servers/authorization-server.ts';
import { InvalidTicketError } from '../uma/errors.ts';
import type { RptWish } from './rpt-memory.ts';

export interface QuestionPorts {
  client: ClientRole;
  /** Makes tickets for resources of this gateway, without a first refusal (F 4.1). */
  requestTicket: ResourceServerRole['requestTicket'];
}

/** A ticket, and whether it was kept from an earlier answer and may have gone stale meanwhile. */
export interface KnownTicket {
  ticket: string;
  kept: boolean;
}

/**
 * Asks the server for an RPT: with the ticket that is known, or with a new one where the resource is this gateway's.
 *
 * @returns undefined where only the resource itself can give a ticket
 */
export async function askServer(
  ports: QuestionPorts,
  wish: RptWish,
  device: DeviceClient,
  known: KnownTicket | undefined,
  signal: AbortSignal,
): Promise<RptOutcome | undefined> {
  if (known) {
    try {
      return await ports.client.requestRpt(device, { ticket: known.ticket }, signal);
    } catch (error) {
      if (!known.kept || !(error instanceof InvalidTicketError)) throw error;
    }
  }
  const { resource, scopes } = wish;
  if (resource === undefined) return undefined;
  const { ticket } = await ports.requestTicket([{ resource, scopes }], signal);
  return ports.client.requestRpt(device, { ticket }, signal);
}

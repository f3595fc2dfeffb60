import type { GatewayStore } from '../../store/gateway-store.ts';
import type { EndedToken, IssuedTokens } from '../model/issued-tokens.ts';
import { openPcts, type Pcts } from '../model/pcts.ts';
import { openRpts, type RptIndex, type RptRecord, type Rpts } from '../model/rpts.ts';
import { createTickets, type Tickets } from '../model/tickets.ts';
import { type ClientRecords, openClientRecords } from './client-records.ts';
import { createDeviceCodes, type DeviceCodes } from './device-codes.ts';
import { openTokenRecords, type TokenRecords } from './token-records.ts';

/** Everything that was ever handed to a client, and the ending of it. */
export interface Credentials {
  clients: ClientRecords;
  tokens: TokenRecords;
  codes: DeviceCodes;
  rpts: Rpts;
  /** The refresh tokens that came with them. */
  refreshes: Rpts;
  pcts: Pcts;
  tickets: Tickets;
  /** The same, as the model sees it. */
  issued: IssuedTokens;
  /** Drops what has expired; call it now and then. */
  sweep(): Promise<void>;
}

export function openCredentials(store: GatewayStore, nowMs: () => number): Credentials {
  const nowSeconds = () => Math.floor(nowMs() / 1000);
  const clients = openClientRecords(store, nowSeconds);
  const tokens = openTokenRecords(store, nowSeconds);
  const codes = createDeviceCodes(nowMs);
  const rpts = openRpts(store, nowSeconds);
  const refreshes = openRpts(store, nowSeconds, 'rpt-refreshes');
  const pcts = openPcts(store, nowSeconds);
  const tickets = createTickets(nowSeconds);
  /** UMA Grant 3.6: a refresh is not assessed anew, so whatever ends a token's ground ends what renews it. */
  const endWhere =
    (index: RptIndex) =>
    (id: string, fits?: (rpt: RptRecord) => boolean): EndedToken[] => {
      refreshes.endWhere(index, id, fits);
      return rpts.endWhere(index, id, fits);
    };
  const endByDevice = endWhere('device');
  const endClientsPeople = (clientId: string) => {
    pcts.removeOfClient(clientId);
    tickets.dropPeople(clientId);
  };
  const issued: IssuedTokens = {
    find: (hash) => rpts.get(hash),
    endByHash: (hash) => rpts.end(hash),
    endByShare: (share) => endWhere('share')(share),
    spend: (share) => rpts.spend(share),
    endByDevice: (device) => endByDevice(device),
    endByKey: (device, thumbprint) => endByDevice(device, ({ jkt }) => jkt === thumbprint),
    endClientsPeople,
    endDeviceAt(device, gateway) {
      endClientsPeople(device);
      return endByDevice(device, (rpt) => rpt.gateway === gateway);
    },
    endByResource: (resource) => endWhere('resource')(resource),
    endByGateway: (gateway) => endWhere('gateway')(gateway),
    endAuthority: (owner) => tokens.removeOfOwner(owner),
    endPerson(name) {
      pcts.removeOfPerson(name);
      tickets.dropPerson(name);
      refreshes.endOfPerson(name);
      return rpts.endOfPerson(name);
    },
    endClient(clientId) {
      clients.end(clientId);
      tokens.removeOfClient(clientId);
      codes.removeOfClient(clientId);
      pcts.removeOfClient(clientId);
    },
  };
  const sweep = () =>
    store.transaction(() => {
      for (const kept of [tokens, rpts, refreshes, pcts]) kept.sweep();
    });
  return { clients, tokens, codes, rpts, refreshes, pcts, tickets, issued, sweep };
}

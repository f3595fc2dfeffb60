import type { GatewayStore } from '../../store/gateway-store.ts';
import type { IssuedTokens } from '../model/issued-tokens.ts';
import { openRpts, type Rpts } from '../model/rpts.ts';
import { type ClientRecords, openClientRecords } from './client-records.ts';
import { createDeviceCodes, type DeviceCodes } from './device-codes.ts';
import { openTokenRecords, type TokenRecords } from './token-records.ts';

/** Everything that was ever handed to a client, and the ending of it. */
export interface Credentials {
  clients: ClientRecords;
  tokens: TokenRecords;
  codes: DeviceCodes;
  rpts: Rpts;
  /** The same, as the model sees it. */
  issued: IssuedTokens;
  /** Drops what has expired; call it now and then. */
  sweep(): Promise<void>;
}

export function openCredentials(store: GatewayStore, nowMs: () => number): Credentials {
  const nowSeconds = () => Math.floor(nowMs() / 1000);
  const clients = openClientRecords(store, nowSeconds);
  const tokens = openTokenRecords(store, nowSeconds);
  const codes = createDeviceCodes(nowSeconds);
  const rpts = openRpts(store, nowSeconds);
  const issued: IssuedTokens = {
    find: (hash) => rpts.get(hash),
    endByHash: (hash) => rpts.end(hash),
    endByShare: (share) => rpts.endWhere('share', share),
    endByDevice: (device) => rpts.endWhere('device', device),
    endByResource: (resource) => rpts.endWhere('resource', resource),
    endByGateway: (gateway) => rpts.endWhere('gateway', gateway),
    endAuthority: (owner) => tokens.removeOfOwner(owner),
    endClient(clientId) {
      clients.end(clientId);
      tokens.removeOfClient(clientId);
      codes.removeOfClient(clientId);
    },
  };
  const sweep = () =>
    store.transaction(() => {
      tokens.sweep();
      rpts.sweep();
    });
  return { clients, tokens, codes, rpts, issued, sweep };
}

import { setMaxListeners } from 'node:events';
import type { DeviceKey } from '../proof/device-key.ts';
import { languageOf } from '../sharing/language.ts';
import type { Transport } from '../transport/transport.ts';
import { keyHolderClient, type UmaClient } from '../uma/client.ts';
import { discover } from '../uma/discovery.ts';
import type { Http } from '../uma/exchange.ts';
import type { UmaServerMetadata } from '../uma/server-metadata.ts';
import type { ConnectionState } from './connection-state.ts';
import { notJoined, ServerError } from './errors.ts';
import { createSingleFlight } from './single-flight.ts';

/** How a gateway speaks with one server: as whom, over what, and with what the server says of itself. */
export interface Link {
  issuer: string;
  state: ConnectionState;
  /** The gateway's own key: it authenticates the gateway and binds its tokens. */
  key: DeviceKey;
  transport: Transport;
  http(signal?: AbortSignal): Http;
  /** Fetched once, and again after it failed. */
  metadata(signal?: AbortSignal): Promise<UmaServerMetadata>;
  clientId(): string | undefined;
  /** @throws ServerError `not_joined` while no server has registered this gateway */
  client(signal?: AbortSignal): Promise<UmaClient>;
  /** An address of the server's own making, below its issuer. */
  url(path: string): URL;
  /** One of its owner API. */
  ownerUrl(path: string): URL;
  /** Aborted on close. */
  closing: AbortSignal;
  close(): void;
}

export interface LinkParts {
  /** What the server's hints are to be in: a tag of BCP 47; English by default. */
  language?(): string;
  issuer: string;
  /** Where its owner API is, if not below the issuer. */
  pages?: string;
  state: ConnectionState;
  key: DeviceKey;
  transport: Transport;
  /** Where nobody can listen to `http` all the same, or that was agreed to. */
  allowInsecureHttp?: boolean;
}

export function createLink(parts: LinkParts): Link {
  const { issuer, state, key, transport, language = () => 'en', allowInsecureHttp = false } = parts;
  const closing = new AbortController();
  // Every request under way listens to it.
  setMaxListeners(0, closing.signal);
  const http = (signal = closing.signal): Http => ({
    fetch: (url, init) =>
      transport.fetch(url, { ...(init as RequestInit), headers: wishing(language(), init?.headers) }),
    signal,
    ...(allowInsecureHttp && { allowInsecureHttp }),
  });
  const discovering = createSingleFlight((signal) => discover(issuer, http(signal)), closing.signal);
  let metadata: UmaServerMetadata | undefined;
  let client: UmaClient | undefined;

  async function discovered(signal?: AbortSignal): Promise<UmaServerMetadata> {
    metadata ??= await discovering(signal);
    return metadata;
  }

  return {
    issuer,
    state,
    key,
    transport,
    closing: closing.signal,
    http,
    metadata: discovered,
    clientId: () => state.standing().clientId,
    async client(signal) {
      const { clientId } = state.connection();
      if (clientId === undefined) throw notJoined(issuer);
      const known = client;
      if (known?.client.client_id === clientId) return known;
      const { privateKey, publicJwk, algorithm } = key;
      client = await keyHolderClient(await discovered(signal), { clientId, privateKey, publicJwk, algorithm });
      return client;
    },
    url: (path) => below(issuer, path),
    ownerUrl: (path) => below(parts.pages ?? issuer, path),
    close: () => closing.abort(new ServerError('server_closed', `the connection to ${issuer} is closed`)),
  };
}

function below(address: string, path: string): URL {
  return new URL(`${address.replace(/\/$/, '')}${path}`);
}

/** Adds the language in which the server's words go on to a person (RFC 9110 12.5.4). */
function wishing(language: string, headers: HeadersInit | undefined): Headers {
  const wished = new Headers(headers);
  // Of the tags that are words of ours: a setting may hold what no header can.
  wished.set('accept-language', languageOf(language));
  return wished;
}

/** Calls through core's TLS configuration and proxy nodes, where a node names them. */
import type { ConnectionOptions } from 'node:tls';
import type { Node, NodeAPI } from 'node-red';
import type { Dispatcher, ProxyAgent } from 'undici';
import type { Fetch } from '../gateway/gateway.ts';

export interface OutgoingFetch {
  fetch(): Promise<Fetch>;
  close(): void;
}

/** Core's `tls-config` node. */
interface TlsNode extends Node {
  addTLSOptions(options: object): ConnectionOptions;
}

/** Core's `http proxy` node. */
interface ProxyNode extends Node<{ username?: string; password?: string }> {
  url: string;
  noproxy?: string[];
}

interface Route {
  tls: ConnectionOptions | undefined;
  proxy: { uri: string; token?: string; except: string[] } | undefined;
}

function routeOf(RED: NodeAPI, tlsId: string | undefined, proxyId: string | undefined): Route {
  const tls = tlsId ? (RED.nodes.getNode(tlsId) as TlsNode | null) : null;
  const proxy = proxyId ? (RED.nodes.getNode(proxyId) as ProxyNode | null) : null;
  const { username = '', password = '' } = proxy?.credentials ?? {};
  const token = username || password ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;
  return {
    tls: tls?.addTLSOptions({}),
    proxy: proxy?.url ? { uri: proxy.url, ...(token && { token }), except: proxy.noproxy ?? [] } : undefined,
  };
}

/** As core: a host of the list, or one below it, is reached without the proxy. */
export function isExcepted(url: string, except: string[]): boolean {
  const { hostname, host } = new URL(url);
  return except.some((entry) => {
    const name = entry.trim().replace(/^\*?\./, '');
    return name === '*' || (name !== '' && (name === hostname || name === host || hostname.endsWith(`.${name}`)));
  });
}

async function dispatchers({ tls, proxy }: Route): Promise<{ direct: Dispatcher; proxied: Dispatcher | undefined }> {
  // Loaded when it is needed: looking at a palette must not pay for it.
  const undici = await import('undici');
  // Node's type for the same options allows `undefined` where undici's does not.
  const connect = tls as NonNullable<ProxyAgent.Options['requestTls']> | undefined;
  return {
    direct: new undici.Agent(connect ? { connect } : {}),
    proxied:
      proxy &&
      new undici.ProxyAgent({
        uri: proxy.uri,
        ...(proxy.token && { token: proxy.token }),
        ...(connect && { requestTls: connect }),
      }),
  };
}

async function fetchBy(route: Route, made: ReturnType<typeof dispatchers>): Promise<Fetch> {
  const { fetch } = await import('undici');
  const { direct, proxied } = await made;
  return async (url, init) => {
    const dispatcher = proxied && !isExcepted(url, route.proxy?.except ?? []) ? proxied : direct;
    // undici's own types and the platform's differ in name only.
    const options = { redirect: 'manual', ...init, dispatcher } as Parameters<typeof fetch>[1];
    return (await fetch(url, options)) as unknown as Response;
  };
}

/** @returns undefined where the node names neither: the gateway's own way out is used. */
export function outgoingFetch(
  RED: NodeAPI,
  tls: string | undefined,
  proxy: string | undefined,
): OutgoingFetch | undefined {
  const route = routeOf(RED, tls, proxy);
  if (!route.tls && !route.proxy) return undefined;
  let made: ReturnType<typeof dispatchers> | undefined;
  return {
    fetch: () => {
      made ??= dispatchers(route);
      return fetchBy(route, made);
    },
    close: () => {
      made
        ?.then(({ direct, proxied }) => Promise.all([direct.destroy(), proxied?.destroy()]))
        // Connections that will not close are closed by the process' end.
        .catch(() => {});
    },
  };
}

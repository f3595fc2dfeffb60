import type { Node } from 'node-red';
import { findServer } from './config-nodes.ts';
import type { Host } from './host.ts';
import { wordsOf } from './words.ts';

/**
 * Shows under a node how its server stands, from the first moment on, and lets it speak that server's language. A node
 * without a server shows nothing.
 */
export function followServer(host: Host, serverId: string | undefined): void {
  const { red, node, light } = host;
  const connection = findServer(red, serverId)?.uma;
  if (!connection) return;
  host.words = wordsOf(red, connection.settings.language);
  node.on('close', connection.watch(light.follow));
}

/** What another node's form stores, as far as it matters here. */
interface WiredConfig {
  id: string;
  type: string;
  statusCode?: string;
  method?: string;
  url?: string;
  authType?: string;
}

/** The nodes that an output is wired to, as their forms store them. */
export function wiredTo({ red, node }: Host, output: number): WiredConfig[] {
  const ids = new Set<unknown>((node as Node & { wires?: string[][] }).wires?.[output - 1] ?? []);
  const found: WiredConfig[] = [];
  red.nodes.eachNode((config) => {
    if (ids.has(config.id)) found.push(config as WiredConfig);
  });
  return found;
}

/** Core's `http response` answers with its own status code where one is typed in: a refusal would look like a yes. */
export function warnOfFixedStatus(host: Host): void {
  const fixed = wiredTo(host, 2).find(({ type, statusCode }) => type === 'http response' && Boolean(statusCode));
  if (fixed) host.node.warn(host.words({ key: 'hint.fixed_status', values: { status: String(fixed.statusCode) } }));
}

/** Core's `http request` prefers its own method, URL and authentication to those of the message. */
export function warnOfFixedRequest(host: Host): void {
  const isFixed = ({ type, method, url, authType }: WiredConfig): boolean =>
    type === 'http request' && (method !== 'use' || Boolean(url) || Boolean(authType));
  if (wiredTo(host, 1).some(isFixed)) host.node.warn(host.words({ key: 'hint.fixed_request' }));
}

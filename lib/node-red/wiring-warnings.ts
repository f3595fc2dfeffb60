/** What a deploy warns of: wired nodes that would win over ours, and messages that nobody has checked. */
import type { Node, NodeAPI } from 'node-red';
import type { CheckConfig } from './check-settings.ts';
import type { Host } from './host.ts';
import { type Feeder, type FeedersOf, senderMayChoose, uncheckedDoor } from './wiring.ts';

/** What another node's form stores, as far as it matters here. */
interface WiredConfig {
  id: string;
  type: string;
  name?: string;
  wires?: string[][];
  /** Of `link out` and `link call`: the `link in` nodes they lead to. */
  links?: string[];
  statusCode?: string;
  topic?: string;
  method?: string;
  url?: string;
  authType?: string;
}

/** What a check asks for, and where it is named. */
type NamedConfig = CheckConfig & { resourceType?: string };

function configsOf({ nodes }: NodeAPI): WiredConfig[] {
  const configs: WiredConfig[] = [];
  nodes.eachNode((config) => configs.push(config as WiredConfig));
  return configs;
}

/** The nodes that an output is wired to, as their forms store them. */
function wiredTo({ red, node }: Host, output: number): WiredConfig[] {
  const ids = new Set<unknown>((node as Node & { wires?: string[][] }).wires?.[output - 1] ?? []);
  return configsOf(red).filter(({ id }) => ids.has(id));
}

function warn({ node, words }: Host, key: string, values: Record<string, string> = {}): void {
  node.warn(words({ key, values }));
}

/** Core's `http response` answers with its own status where one is typed in: a refusal would look like a yes. */
function warnOfFixedStatus(host: Host): void {
  const fixed = wiredTo(host, 2).find(({ type, statusCode }) => type === 'http response' && Boolean(statusCode));
  if (fixed) warn(host, 'hint.fixed_status', { status: String(fixed.statusCode) });
}

/** Core's `mqtt out` sends to its own topic where one is typed in: a refusal would go to what it was to be kept from. */
function warnOfFixedTopic(host: Host): void {
  const fixed = wiredTo(host, 2).find(({ type, topic }) => type === 'mqtt out' && Boolean(topic));
  if (fixed) warn(host, 'hint.fixed_topic', { topic: String(fixed.topic) });
}

function warnOfSendersChoice(host: Host, { scopesType = '', resourceType = '' }: NamedConfig): void {
  if (senderMayChoose(scopesType) || senderMayChoose(resourceType)) warn(host, 'hint.sender_may_choose');
}

/** What a deploy has to say about a check and what is wired behind it. */
export function warnOfCheck(host: Host, config: NamedConfig): void {
  warnOfFixedStatus(host);
  warnOfFixedTopic(host);
  warnOfSendersChoice(host, config);
}

/** Core's `http request` prefers its own method, URL and authentication to those of the message. */
export function warnOfFixedRequest(host: Host): void {
  const isFixed = ({ type, method, url, authType }: WiredConfig): boolean =>
    type === 'http request' && (method !== 'use' || Boolean(url) || Boolean(authType));
  if (wiredTo(host, 1).some(isFixed)) warn(host, 'hint.fixed_request');
}

/** Wires and links, backwards. */
function feedersIn(configs: WiredConfig[]): FeedersOf {
  const feeders = new Map<string, Feeder[]>();
  for (const { id, type, wires = [], links } of configs) {
    const add = (to: string, output: number): void => {
      feeders.set(to, [...(feeders.get(to) ?? []), { id, type, output }]);
    };
    for (const [index, wired] of wires.entries()) for (const to of wired) add(to, index + 1);
    if (type !== 'link in') for (const to of links ?? []) add(to, 1);
  }
  return (id) => feeders.get(id) ?? [];
}

/** Whoever may call an `http in` would ask and act as this node's device. */
export function warnOfUncheckedDoor(host: Host): void {
  // A node of a subflow has an id of its own, and its form another.
  const { id, _alias = id } = host.node as Node & { _alias?: string };
  const configs = configsOf(host.red);
  const door = uncheckedDoor(_alias, feedersIn(configs));
  if (door === undefined) return;
  const { name, url } = configs.find((config) => config.id === door) ?? {};
  warn(host, 'hint.unchecked_door', { door: name || url || 'http in' });
}

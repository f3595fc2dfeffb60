import type { EndedShare, Target } from '../../sharing/ending.ts';
import type { Devices } from './devices.ts';
import { endTargetShares } from './end-target.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { newId } from './ids.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import type { Panic } from './panic.ts';
import { createReceipts } from './receipts.ts';
import type { Actor, GatewayRecord, ReceiptRecord } from './records.ts';
import { type Shares, USED_UP } from './shares.ts';
import type { Tables } from './tables.ts';

/**
 * A gateway's order to end something; `quarantine` and `retire` matter where the target is a device of its own. `used`
 * is its word that the one message of a share has passed.
 */
export interface EndOrder {
  id: string;
  target: Target;
  kind?: 'end' | 'quarantine' | 'retire' | 'used';
}

/** `events`: wait for their acknowledgement before answering. */
export interface Ended {
  at: number;
  ended: EndedShare[];
  events: number[];
}

export interface Ends {
  /**
   * Ends what the target names, within this gateway's authority: shares on its resources and of its devices, and those
   * devices' state. The same order again has no further effect and the same answer; foreign ids end nothing and say nothing.
   */
  perform(order: EndOrder, gateway: string): Ended;
  /**
   * Stops everything of an owner. A gateway names its order, so that one whose answer was lost stops nothing anew, and
   * ends nothing, when it comes again after the owner has ended the panic.
   */
  panic(owner: string, by: Actor, order?: { id: string; gateway: string }): { since: number; events: number[] };
  /** A resource that is gone takes its shares, requests and tokens with it. */
  removeResource(id: string, by: Actor): Ended;
  /** The owner takes one share back. @returns nothing where there is no such share */
  withdraw(share: string, owner: string, by: Actor): Ended | undefined;
  /** This gateway has acted upon all events up to this number: what was ended by them is confirmed by it. */
  confirm(gateway: string, number: number, nowMs: number): void;
  receipts(owner: string, range: { after?: string; limit: number }): ReceiptRecord[];
}

export interface EndParts {
  tables: Tables;
  nowSeconds(): number;
  shares: Shares;
  devices: Devices;
  retire(clientId: string, why: string, by: Actor): Ended;
  removeRequests(resource: string): void;
  panic: Pick<Panic, 'active' | 'start'>;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: IssuedTokens;
}

export function createEnds(parts: EndParts): Ends {
  const { tables, shares, issued, nowSeconds, events } = parts;
  const receipts = createReceipts(tables);
  return {
    perform(order, gatewayId) {
      const gateway = tables.gateways.get(gatewayId);
      if (gateway?.owner === undefined) return { at: nowSeconds(), ended: [], events: [] };
      const { owner } = gateway;
      // Ending it again changes nothing, and nobody asks for a receipt of what was meant to end so.
      if (order.kind === 'used') return endUsed(parts, order.target, gatewayId, owner);
      const before = receipts.of(order.id, gatewayId);
      if (before !== undefined) return { at: before.at, ended: before.ended, events: before.events };
      const done = perform(parts, order, gateway, owner);
      receipts.keep({ id: order.id, owner, gateway: gatewayId, target: order.target, ...done });
      return done;
    },
    panic(owner, by, order) {
      const before = order && receipts.of(order.id, order.gateway);
      if (before !== undefined) return { since: before.at, events: before.events };
      const { since, events } = parts.panic.start(owner, by);
      const target = { everything: owner };
      if (order !== undefined) receipts.keep({ ...order, owner, target, at: since, ended: [], events });
      return { since, events };
    },
    removeResource(id, by) {
      const done = shares.ofResource(id).flatMap((share) => shares.end(share.id, 'resource_removed', by) ?? []);
      parts.removeRequests(id);
      const left = announceEnded(issued.endByResource(id), nowSeconds(), events.add);
      tables.resources.remove(id);
      const numbers = [...done.flatMap((end) => end.events), ...left];
      return { at: nowSeconds(), ended: done.map((end) => end.ended), events: numbers };
    },
    withdraw(id, owner, by) {
      const share = shares.get(id);
      if (share?.owner !== owner) return undefined;
      const end = shares.end(id, 'withdrawn', by);
      if (end === undefined) return undefined;
      const done = { at: end.at, ended: [end.ended], events: end.events };
      if (!share.ended) receipts.keep({ id: newId('rc_'), owner, target: { share: id }, ...done });
      return done;
    },
    confirm: receipts.confirm,
    receipts: receipts.list,
  };
}

function perform(parts: EndParts, order: EndOrder, gateway: GatewayRecord, owner: string): Ended {
  const { devices, shares, issued, nowSeconds, events } = parts;
  const by = byOf(gateway.clientId, owner);
  const { target, kind = 'end' } = order;
  const at = nowSeconds();
  if ('token' in target) {
    const token = issued.find(target.token);
    const own = token !== undefined && mayEndToken(parts, token, gateway.clientId);
    const ended = own ? announceEnded(issued.endByHash(target.token), at, events.add) : [];
    return { at, ended: [], events: ended };
  }
  const device = 'device' in target ? target.device : undefined;
  const own = device !== undefined && standing(parts, device, gateway.clientId);
  // Quarantine stops the device, not what its owner said: the shares are there again when it is resumed.
  if (device !== undefined && kind === 'quarantine')
    return { at, ended: [], events: own ? devices.setState(device, 'quarantined', 'ended_by_gateway', by) : [] };
  // Nothing goes while a panic lasts, and its owner gets all of it back: an order that comes after the panic took the
  // gateway's authority, as a second press does, must not end for ever what the first one only stopped.
  if ('everything' in target && parts.panic.active(owner)) return { at, ended: [], events: [] };
  const done = endTargetShares({ shares, tables: parts.tables }, target, { gateway: gateway.clientId, owner }, by);
  const told = done.flatMap((end) => end.events);
  // A person whom something is shared with may have used this device: they say so anew, or nothing of it passes.
  if (device !== undefined) told.push(...announceEnded(issued.endDeviceAt(device, gateway.clientId), at, events.add));
  if (own && kind === 'retire') told.push(...parts.retire(device, 'ended_by_gateway', by).events);
  return { at, ended: done.map((end) => end.ended), events: told };
}

/** Only whoever let the message pass knows it: the gateway of the resource. A share that is for more by now goes on. */
function endUsed({ shares, nowSeconds }: EndParts, target: Target, gateway: string, owner: string): Ended {
  const share = 'share' in target ? shares.get(target.share) : undefined;
  const done =
    share?.gateway === gateway && share.conditions.once && shares.end(share.id, USED_UP, byOf(gateway, owner));
  return done ? { at: done.at, ended: [done.ended], events: done.events } : { at: nowSeconds(), ended: [], events: [] };
}

function byOf(gateway: string, owner: string): Actor {
  return { kind: 'gateway', gateway, owner };
}

/** Is it a device whose key this gateway holds, and not retired yet? */
function standing({ devices }: EndParts, device: string, gateway: string): boolean {
  const record = devices.get(device);
  return record?.gateway === gateway && record.state !== 'retired';
}

function mayEndToken(parts: EndParts, token: { device: string; gateway: string }, gateway: string): boolean {
  return token.gateway === gateway || parts.devices.get(token.device)?.gateway === gateway;
}

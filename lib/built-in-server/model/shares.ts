import { narrows, sameConditions, tidy } from '../../sharing/conditions.ts';
import type { EndedShare } from '../../sharing/ending.ts';
import type { Conditions, Seconds, ShareWish } from '../../sharing/share.ts';
import type { Devices } from './devices.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { newId } from './ids.ts';
import type { RowRange } from './indexed-table.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import { ModelError } from './model-error.ts';
import type { OpenRequests } from './open-requests.ts';
import type { Panic } from './panic.ts';
import type { Actor, ShareRecord } from './records.ts';
import { type ShareStanding, standingOf } from './share-standing.ts';
import { checkConditions, checkScopes, checkWish } from './share-wish.ts';
import { nameKey, pairKey, partyKey, type Tables } from './tables.ts';

const MOST_PER_OWNER = 10_000;
const KEPT_ENDED = 10_000;
/** Why a share for one message ends once that has passed. */
export const USED_UP = 'used_up' as const;

/** What may be changed of a share: who and what it is about may not. */
interface ShareChange {
  scopes?: string[];
  conditions?: Conditions;
}

export interface Shares {
  /** Alive or ended. */
  get(id: string): ShareRecord | undefined;
  /** The shares that let this device use this resource now, its own and those of the person behind it. */
  covering(device: string, resource: string, nowSeconds: Seconds, person?: string): ShareRecord[];
  /** Is anything of this resource shared with people? */
  withPeople(resource: string): boolean;
  /** Those that will, or would under other circumstances: what they give need not be asked of the owner again. */
  withheld(device: string, resource: string, nowSeconds: Seconds, person?: string): ShareRecord[];
  /** What this share, which may be a person's, is to a device that asks now. */
  standing(share: ShareRecord, device: string, nowSeconds: Seconds): ShareStanding;
  /**
   * The owner says yes. Claims an unclaimed device, closes a request it covers. The same wish again gives the share there is.
   * @throws ModelError as `checkWish`, and `panic_active`, `device_of_another`, `too_many`
   */
  grant(wish: ShareWish, owner: string, by: Actor): { share: ShareRecord; created: boolean };
  /** Would this change let anything through that the share does not? */
  widens(share: ShareRecord, change: ShareChange): boolean;
  /** Everything issued from the share before is revoked. @throws ModelError `not_found`, `share_ended`, as `checkWish` */
  change(id: string, change: ShareChange, by: Actor): { share: ShareRecord; events: number[] };
  /** Ends a share for ever. Ending it again changes nothing. @returns nothing where there is no such share */
  end(id: string, why: string, by: Actor): { ended: EndedShare; at: number; events: number[] } | undefined;
  list(range: { owner: string } & RowRange): ShareRecord[];
  ofDevice(device: string): ShareRecord[];
  ofPerson(name: string): ShareRecord[];
  ofResource(resource: string): ShareRecord[];
  /** Notes that a token was issued from it just now; of a share for one message, until when it may be used. */
  touch(id: string, lentUntil?: Seconds): void;
}

export interface ShareParts {
  tables: Tables;
  nowSeconds(): number;
  devices: Devices;
  requests: OpenRequests;
  panic: Pick<Panic, 'refuse'>;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: IssuedTokens;
}

export function createShares(parts: ShareParts): Shares {
  const rows = parts.tables.shares;
  const standing = (share: ShareRecord, device: string, now: Seconds) =>
    standingOf(share, parts.tables.devices.get(device), now);
  const those = (wanted: ShareStanding) => (device: string, resource: string, now: Seconds, person?: string) => {
    const parties = [
      { kind: 'device', id: device } as const,
      ...(person ? [{ kind: 'person', id: person } as const] : []),
    ];
    const shares = parties.flatMap((party) => rows.by('pair', pairKey(partyKey(party), resource)));
    return shares.filter((share) => standing(share, device, now) === wanted);
  };
  return {
    get: (id) => rows.get(id),
    covering: those('open'),
    withheld: those('later'),
    standing,
    withPeople: (resource) => rows.by('people', resource, { limit: 1 }).length > 0,
    grant: (wish, owner, by) => grant(parts, wish, owner, by),
    widens: (share, change) =>
      !narrows(share.conditions, change.conditions ?? share.conditions) ||
      !(change.scopes ?? []).every((scope) => share.scopes.includes(scope)),
    change: (id, change, by) => changeShare(parts, id, change, by),
    end: (id, why, by) => endShare(parts, id, why, by),
    list: ({ owner, ...range }) => rows.by('owner', owner, range),
    ofDevice: (device) => rows.by('device', device),
    ofPerson: (name) => rows.by('person', nameKey(name)),
    ofResource: (resource) => rows.by('resource', resource),
    touch(id, lentUntil) {
      const share = rows.get(id);
      const lent = lentUntil === undefined ? {} : { lentUntil };
      if (share !== undefined && !share.ended) rows.put(id, { ...share, lastUsed: parts.nowSeconds(), ...lent });
    },
  };
}

function grant(parts: ShareParts, wish: ShareWish, owner: string, by: Actor) {
  const { tables, history, requests } = parts;
  parts.panic.refuse(owner);
  const { resource, party, name, device } = checkWish(tables, wish, owner);
  const scopes = [...new Set(wish.scopes)].sort();
  const twin = tables.shares
    .by('pair', pairKey(partyKey(party), resource.id))
    .find((share) => sameWish(share, scopes, wish.conditions));
  if (twin !== undefined) return { share: twin, created: false };
  if (tables.shares.count('owner', owner) >= MOST_PER_OWNER) throw new ModelError('too_many', 'too many shares');
  if (device !== undefined && device.owner === undefined) parts.devices.claim(device.clientId, owner, by);
  const id = newId('sh_');
  const at = parts.nowSeconds();
  const conditions = tidy(wish.conditions);
  const about = { owner, resource: resource.id, gateway: resource.gateway, partyName: name };
  const share: ShareRecord = { id, version: 1, ...about, party, scopes, conditions, createdAt: at, by };
  tables.shares.put(id, share);
  requests.closeCovered(share);
  history.add({ what: 'share_granted', by, ...lineOf(share, conditions) });
  const change = { type: 'share-granted', at, share: id, device: party.id, resource: resource.id } as const;
  parts.events.add(change, concerned(parts, share));
  return { share, created: true };
}

function changeShare(parts: ShareParts, id: string, change: ShareChange, by: Actor) {
  const { tables, history, issued, events } = parts;
  const before = tables.shares.get(id);
  if (before === undefined) throw new ModelError('not_found', 'there is no such share');
  if (before.ended) throw new ModelError('share_ended', 'an ended share stays ended');
  const resource = tables.resources.get(before.resource);
  if (resource === undefined) throw new ModelError('resource_unknown', 'you have no such resource');
  if (change.scopes !== undefined) checkScopes(resource, change.scopes);
  if (change.conditions !== undefined) checkConditions(change.conditions, tables.devices.get(before.party.id));
  const scopes = [...new Set(change.scopes ?? before.scopes)].sort();
  const conditions = tidy(change.conditions ?? before.conditions);
  // Whatever was issued is revoked: nothing is out any more.
  const { lentUntil: _, ...kept } = before;
  const share = { ...kept, version: before.version + 1, scopes, conditions };
  tables.shares.put(id, share);
  parts.requests.closeCovered(share);
  history.add({ what: 'share_changed', by, ...lineOf(share, conditions) });
  return { share, events: announceEnded(issued.endByShare(id), parts.nowSeconds(), events.add) };
}

function endShare(parts: ShareParts, id: string, why: string, by: Actor) {
  const { tables, history, issued, events } = parts;
  const share = tables.shares.get(id);
  if (share === undefined) return undefined;
  const ended = { share: id, device: share.party.id, resource: share.resource, scopes: share.scopes };
  if (share.ended) return { ended, at: share.ended.at, events: [] };
  const at = parts.nowSeconds();
  tables.shares.put(id, { ...share, ended: { at, why, by } });
  forgetOldest(tables);
  // By their hashes too: what rested on this share and another is gone here, and whoever knows it only by the other
  // would never hear of it.
  // Of one that is used up the gateways know, and refuse nothing else for it.
  if (why === USED_UP) issued.spend(id);
  const used = why === USED_UP && { why: USED_UP };
  const about = { share: id, device: ended.device, resource: ended.resource };
  const change = { type: 'share-ended', at, ...about, ...used } as const;
  // First, since it refuses all of them at once, however many there are.
  const told = events.add(change, concerned(parts, share));
  const tokens = announceEnded(issued.endByShare(id), at, events.add);
  history.add({ what: 'share_ended', by, why, ...lineOf(share) });
  return { ended, at, events: [told, ...tokens] };
}

/** The gateway that guards the resource, and the one that asks for the device. */
function concerned({ tables }: ShareParts, share: ShareRecord): string[] {
  const asking = share.party.kind === 'device' ? tables.devices.get(share.party.id)?.gateway : undefined;
  return asking === undefined ? [share.gateway] : [share.gateway, asking];
}

/** @param given - where the line says what may be done, and not that it is over */
function lineOf(share: ShareRecord, given?: Conditions) {
  const limits = given === undefined ? {} : { conditions: JSON.stringify(given) };
  const values = { scopes: share.scopes.join(' '), version: share.version, ...limits };
  const { kind, id } = share.party;
  const party = kind === 'device' ? { device: id, values } : { values: { ...values, person: id } };
  return { owner: share.owner, share: share.id, resource: share.resource, ...party };
}

function sameWish(share: ShareRecord, scopes: string[], conditions: Conditions): boolean {
  return JSON.stringify(share.scopes) === JSON.stringify(scopes) && sameConditions(share.conditions, conditions);
}

/** An ended share is kept so that its owner can look back, not for safety: an id is never given twice. */
function forgetOldest({ shares }: Tables): void {
  const ended = shares.count('ended', 'yes');
  if (ended <= KEPT_ENDED + 500) return;
  const oldest = shares.by('ended', 'yes').sort((one, other) => (one.ended?.at ?? 0) - (other.ended?.at ?? 0));
  for (const share of oldest.slice(0, ended - KEPT_ENDED)) shares.remove(share.id);
}

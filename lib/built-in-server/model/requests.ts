import type { Conditions } from '../../sharing/share.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { newId } from './ids.ts';
import { ModelError } from './model-error.ts';
import type { OpenRequests } from './open-requests.ts';
import type { Actor, RequestRecord, ShareRecord } from './records.ts';
import type { Shares } from './shares.ts';
import { askingParty, type Tables } from './tables.ts';

const MOST_PER_DEVICE = 5;
const MOST_PER_OWNER = 1000;

interface RequestAsk {
  device: string;
  person?: string | undefined;
  resource: string;
  scopes: string[];
}

export interface Requests {
  /**
   * Puts one request in front of the owner; a repeat joins the open one. One that asks for more takes its place under a
   * new id: whoever has read the old one must not approve what was not in it.
   * `refused`: denied within the last 24 h, or too many are open, or the resource is unknown.
   */
  submit(ask: RequestAsk): { id: string } | 'refused';
  get(id: string): RequestRecord | undefined;
  /** Open ones, oldest first. */
  list(owner: string): RequestRecord[];
  /**
   * Grants what was asked, or less. @throws ModelError `request_closed`, `scope_unknown` (more than was asked), as `grant`
   */
  approve(
    id: string,
    limits: { scopes?: string[]; conditions?: Conditions },
    by: Actor,
  ): { share: ShareRecord; created: boolean };
  /** @throws ModelError `request_closed` */
  deny(id: string, by: Actor): void;
}

export interface RequestParts {
  tables: Pick<Tables, 'resources' | 'devices' | 'gateways'>;
  nowSeconds(): number;
  open: OpenRequests;
  shares: Pick<Shares, 'grant'>;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
}

export function createRequests(parts: RequestParts): Requests {
  const { open, shares } = parts;
  return {
    submit: (ask) => submit(parts, ask),
    get: open.get,
    list: (owner) => open.ofOwner(owner).sort((one, other) => one.since - other.since),
    approve(id, limits, by) {
      const request = stillOpen(open, id);
      const scopes = limits.scopes ?? request.scopes;
      if (!scopes.every((scope) => request.scopes.includes(scope)))
        throw new ModelError('scope_unknown', 'approving can give less than was asked, not more');
      const wish = {
        resource: request.resource,
        party: askingParty(request),
        scopes,
        conditions: limits.conditions ?? {},
      };
      const granted = shares.grant(wish, request.owner, by);
      // Where less was given than asked, the request is answered all the same.
      open.closeCovered({ ...granted.share, scopes: request.scopes });
      return granted;
    },
    deny: (id, by) => deny(parts, id, by),
  };
}

function submit(parts: RequestParts, ask: RequestAsk) {
  const { open, tables, history } = parts;
  const resource = tables.resources.get(ask.resource);
  if (resource === undefined) return 'refused';
  const { device, person, scopes } = ask;
  const who = person === undefined ? { device } : { device, person };
  const already = open.ofPair(askingParty(who), resource.id);
  if (already?.deniedAt !== undefined) return 'refused';
  const joined = [...new Set([...(already?.scopes ?? []), ...scopes])].sort();
  if (already !== undefined && joined.length === already.scopes.length) return { id: already.id };
  if (already !== undefined) open.remove(already.id);
  if (open.ofDevice(device).length >= MOST_PER_DEVICE) return 'refused';
  if (open.ofOwner(resource.owner).length >= MOST_PER_OWNER) return 'refused';
  const id = newId('rq_');
  const about = { ...who, resource: resource.id, owner: resource.owner };
  const at = parts.nowSeconds();
  open.put({ id, ...about, scopes: joined, since: at });
  const values = { scopes: joined.join(' '), ...(person === undefined ? {} : { person }) };
  const { owner } = about;
  history.add({ what: 'request_made', by: { kind: 'device', device }, device, resource: resource.id, owner, values });
  const change = { type: 'request-made', at, request: id, device, resource: resource.id } as const;
  const readers = mayRead(parts, owner);
  if (readers.length > 0) parts.events.add(change, readers);
  return { id };
}

/** Who may see what the owner is asked, and so may tell them. */
function mayRead({ tables }: RequestParts, owner: string): string[] {
  const reading = tables.gateways.by('owner', owner).filter(({ scopes }) => scopes.includes('shares:read'));
  return reading.map(({ clientId }) => clientId);
}

function deny({ open, tables, events, history, nowSeconds }: RequestParts, id: string, by: Actor): void {
  const request = stillOpen(open, id);
  const { device, person, resource, owner } = request;
  const values = { scopes: request.scopes.join(' '), ...(person === undefined ? {} : { person }) };
  const at = nowSeconds();
  open.put({ ...request, deniedAt: at });
  history.add({ what: 'request_denied', by, owner, device, resource, values });
  const concerned = [tables.resources.get(resource)?.gateway, tables.devices.get(device)?.gateway];
  events.add(
    { type: 'request-denied', at, device, resource },
    concerned.flatMap((gateway) => gateway ?? []),
  );
}

function stillOpen(open: OpenRequests, id: string): RequestRecord {
  const request = open.get(id);
  if (request === undefined || request.deniedAt !== undefined)
    throw new ModelError('request_closed', 'this request is answered or too old');
  return request;
}

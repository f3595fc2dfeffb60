/** What the editor's sidebar lists of one server: names and words, a page at a time, and nothing secret. */
import type { Gateway } from '../gateway/gateway.ts';
import type { DeviceStanding, OwnerRole } from '../servers/authorization-server.ts';
import { deviceStateText } from '../sharing/device-state.ts';
import { requestSentence, shareSentence } from '../sharing/sentence.ts';
import { resourceName } from './naming.ts';
import type { Words } from './words.ts';

export interface Row {
  id: string;
  name: string;
  notes: string[];
  /** Of a device. */
  state?: DeviceStanding['state'];
  /** Of a request: when it was made, in seconds since 1970. */
  since?: number;
}

export interface Listed {
  items: Row[];
  /** Asks for the page after this one. */
  next?: string;
  /** Why there is nothing to see. */
  hint?: string;
}

/** Lists one page; `after` is what the page before named as `next`, or empty. */
export type List = (gateway: Gateway, words: Words, after: string) => Promise<Listed>;

const ON_A_PAGE = 50;
const LONGEST_NAME = 200;
/** Each costs a question to the server. */
const MOST_OUTSIDERS = 20;

const short = (name: string): string => name.slice(0, LONGEST_NAME);

function paged<T>(all: T[], after: string, row: (item: T) => Row): Listed {
  const from = /^\d{1,6}$/.test(after) ? Number(after) : 0;
  const items = all.slice(from, from + ON_A_PAGE).map(row);
  return from + ON_A_PAGE < all.length ? { items, next: String(from + ON_A_PAGE) } : { items };
}

function deviceRow(
  gateway: Gateway,
  words: Words,
  { clientId, name, state, assurance }: Omit<DeviceStanding, 'owner'>,
): Row {
  const allStopped = gateway.standing().phase === 'stopped';
  const notes = [words(deviceStateText(state, allStopped)), words({ key: `node.device_kept_${assurance}` })];
  return { id: clientId, name: short(name), notes, state };
}

/** Devices whose keys are elsewhere, as far as something is shared with them: they can be stopped here too. */
async function outsiders(gateway: Gateway, words: Words): Promise<Row[]> {
  const own = new Set(gateway.devices().map(({ clientId }) => clientId));
  // Without the owner's authority nobody says who they are.
  const shares = await ownerOf(gateway).then(
    (owner) => owner?.shares(),
    () => undefined,
  );
  const named = new Map(
    (shares?.items ?? [])
      .filter(({ party }) => party.kind === 'device' && !own.has(party.id))
      .map(({ party, partyName }) => [party.id, partyName]),
  );
  const rows = [...named].slice(0, MOST_OUTSIDERS).map(async ([clientId, name]) => {
    const found = await gateway.deviceStatus(clientId).catch(() => undefined);
    return found ? [deviceRow(gateway, words, { ...found, clientId, name })] : [];
  });
  return (await Promise.all(rows)).flat();
}

const devices: List = async (gateway, words, after) => {
  const listed = paged(gateway.devices(), after, (device) => {
    const row = deviceRow(gateway, words, device);
    if (!gateway.isHeld('device', device.clientId)) row.notes.push(words({ key: 'node.no_longer_in_flow' }));
    return row;
  });
  return listed.next === undefined && after === ''
    ? { items: [...listed.items, ...(await outsiders(gateway, words))] }
    : listed;
};

const resources: List = async (gateway, words, after) =>
  paged(gateway.resources(), after, ({ key, id, name, scopes }) => {
    const notes = [short(words({ key: 'node.resource_scopes', values: { scopes: scopes.join(' ') } }))];
    if (id === undefined) notes.push(words({ key: 'node.resource_not_registered' }));
    if (!gateway.isHeld('resource', key)) notes.push(words({ key: 'node.no_longer_in_flow' }));
    return { id: key, name: short(name), notes };
  });

/**
 * The owner's authority, where this gateway has it. To ask without having it starts a request for a code, so nobody asks
 * twice while one is shown already; a code to be given more takes nothing of what it has.
 */
async function ownerOf(gateway: Gateway): Promise<OwnerRole | undefined> {
  const standing = gateway.standing();
  if (standing.phase !== 'ready') return undefined;
  return !standing.code || gateway.ownerScopes().includes('shares:read') ? gateway.owner() : undefined;
}

/** Not "none": what there is, only the owner's server could say. */
function notKnown(words: Words): Listed {
  return { items: [], hint: words({ key: 'node.list_not_known' }) };
}

const shares: List = async (gateway, words, after) => {
  const owner = await ownerOf(gateway);
  if (!owner) return notKnown(words);
  const { items: found, next } = await owner.shares(after === '' ? undefined : short(after));
  const items = found.map((share) => ({
    id: share.id,
    name: words(shareSentence(share, resourceName(gateway, share.resource, share.resourceName))),
    notes: [],
  }));
  return next === undefined ? { items } : { items, next };
};

/** The oldest first: a new one must not move under the pointer that is about to answer another. */
const requests: List = async (gateway, words, after) => {
  const owner = await ownerOf(gateway);
  if (!owner) return notKnown(words);
  const open = await owner.requests();
  return paged(
    open.toSorted((one, other) => one.since - other.since),
    after,
    (request) => ({ id: request.id, name: words(requestSentence(request)), notes: [], since: request.since }),
  );
};

export const SIDEBAR_LISTS: Record<string, List> = { devices, resources, shares, requests };

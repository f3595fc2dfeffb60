import type { DeviceRecord, ShareRecord } from '../wire/records.ts';

/** A device, or a person something is shared with, and what they may do. */
export interface PartyShares {
  kind: 'device' | 'person';
  id: string;
  name: string;
  device?: DeviceRecord;
  shares: ShareRecord[];
}

/** Devices first, those in use before those that are retired; then people. Each in the order of their names. */
export function byParty(devices: readonly DeviceRecord[], shares: readonly ShareRecord[]): PartyShares[] {
  const found = new Map<string, PartyShares>();
  const keyOf = (kind: string, id: string) => `${kind} ${id}`;
  for (const device of devices) {
    const { id, name } = device;
    found.set(keyOf('device', id), { kind: 'device', id, name, device, shares: [] });
  }
  for (const share of shares) {
    const { kind, id } = share.party;
    const key = keyOf(kind, id);
    const party = found.get(key) ?? { kind, id, name: share.partyName, shares: [] };
    party.shares.push(share);
    found.set(key, party);
  }
  return [...found.values()].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

/** Those in whose name, or in whose shares, all the typed words occur. */
export function matching(parties: readonly PartyShares[], typed: string): PartyShares[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const textOf = ({ name, shares }: PartyShares) =>
    [name, ...shares.map((share) => share.resourceName)].join(' ').toLocaleLowerCase();
  return parties.filter((party) => words.every((word) => textOf(party).includes(word)));
}

function rank({ kind, device }: PartyShares): number {
  if (kind === 'person') return 1;
  return device?.state === 'retired' ? 2 : 0;
}

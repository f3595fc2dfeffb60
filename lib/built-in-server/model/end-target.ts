import type { EndedShare, Target } from '../../sharing/ending.ts';
import type { Actor, ShareRecord } from './records.ts';
import type { Shares } from './shares.ts';
import type { Tables } from './tables.ts';

interface Reach {
  gateway: string;
  owner: string;
}

interface EndParts {
  shares: Shares;
  tables: Pick<Tables, 'devices' | 'resources'>;
}

/** Ends the shares a target names as far as the gateway's authority reaches: on its resources and of its devices. */
export function endTargetShares(
  parts: EndParts,
  target: Exclude<Target, { token: string }>,
  reach: Reach,
  by: Actor,
): { ended: EndedShare; events: number[] }[] {
  const named = namedBy(parts, target, reach).filter((share) => within(parts, share, reach));
  const scopes = 'pair' in target ? target.pair.scopes : undefined;
  return named.flatMap((share) => endScopes(parts.shares, share, scopes ?? share.scopes, by));
}

function namedBy(
  { shares, tables }: EndParts,
  target: Exclude<Target, { token: string }>,
  reach: Reach,
): ShareRecord[] {
  if ('share' in target) {
    const share = shares.get(target.share);
    return share === undefined || share.ended ? [] : [share];
  }
  if ('device' in target) return shares.ofDevice(target.device);
  if ('resource' in target) return shares.ofResource(target.resource);
  if ('pair' in target) {
    const { device, resource } = target.pair;
    return shares.ofDevice(device).filter((share) => share.resource === resource);
  }
  if (target.everything !== reach.owner) return [];
  const resources = tables.resources.by('gateway', reach.gateway).flatMap(({ id }) => shares.ofResource(id));
  const devices = tables.devices.by('gateway', reach.gateway).flatMap(({ clientId }) => shares.ofDevice(clientId));
  return [...new Map([...resources, ...devices].map((share) => [share.id, share])).values()];
}

function within({ tables }: EndParts, share: ShareRecord, reach: Reach): boolean {
  return share.gateway === reach.gateway || tables.devices.get(share.party.id)?.gateway === reach.gateway;
}

/** Takes these scopes from a share: what is left stays shared, and nothing left ends it. */
function endScopes(shares: Shares, share: ShareRecord, scopes: string[], by: Actor) {
  const taken = share.scopes.filter((scope) => scopes.includes(scope));
  const left = share.scopes.filter((scope) => !scopes.includes(scope));
  if (taken.length === 0) return [];
  if (left.length === 0) return shares.end(share.id, 'ended_by_gateway', by) ?? [];
  const { events } = shares.change(share.id, { scopes: left }, by);
  return [{ ended: { share: share.id, device: share.party.id, resource: share.resource, scopes: taken }, events }];
}

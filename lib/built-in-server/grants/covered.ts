import { ceases } from '../../sharing/conditions.ts';
import type { Permission, Seconds } from '../../uma/permission.ts';
import type { ShareRecord } from '../model/records.ts';
import type { Shares } from '../model/shares.ts';

/** Longest life of a requesting party token. */
export const rptLifeSeconds = 300;
/** Of one for a single message: unused, it gives its share free soon. */
const onceLifeSeconds = 60;

/** A device, and who stands behind it if that is known. */
export interface Asking {
  device: string;
  person: string | undefined;
}

/** What an owner's shares make of one permission that is wanted. */
export interface Covered {
  permissions: Permission[];
  /** Nothing gives this: its owner has to say. */
  missing: Permission;
  /** The owner has given this, but not for now. */
  later: string[];
}

/** Each scope rests on one share, the fewest shares possible first, and those for one message only where no other does. */
export function covered(
  model: { shares: Pick<Shares, 'covering' | 'withheld'> },
  { device, person }: Asking,
  { resource, scopes: wanted }: Permission,
  now: Seconds,
): Covered {
  const permissions: Permission[] = [];
  let left = wanted;
  for (const { share, ends } of widestFirst(model.shares.covering(device, resource, now, person), wanted, now)) {
    const scopes = left.filter((scope) => share.scopes.includes(scope));
    if (scopes.length === 0) continue;
    left = left.filter((scope) => !scopes.includes(scope));
    permissions.push({ resource, scopes, share: share.id, ...limitsOf(share, ends, now) });
  }
  const withheld = left.length === 0 ? [] : model.shares.withheld(device, resource, now, person);
  const later = left.filter((scope) => withheld.some((share) => share.scopes.includes(scope)));
  return { permissions, missing: { resource, scopes: left.filter((scope) => !later.includes(scope)) }, later };
}

type Ends = ReturnType<typeof ceases>;
type Limits = Pick<Permission, 'once' | 'windowEnd'> & { exp: Seconds };

/** Neither share nor hours are outlived. */
function limitsOf({ conditions }: ShareRecord, { at, hoursEnd }: Ends, now: Seconds): Limits {
  const life = conditions.once ? onceLifeSeconds : rptLifeSeconds;
  const hours = Number.isFinite(hoursEnd) ? { windowEnd: hoursEnd } : {};
  return { exp: Math.min(now + life, at), ...(conditions.once && { once: true }), ...hours };
}

/** A permission that was given before, as its share gives it now: within its hours, and only where it is for more than one message. */
export function givenAgain(
  { shares }: { shares: Pick<Shares, 'get' | 'standing'> },
  permission: Permission,
  device: string,
  now: Seconds,
): (Permission & Limits) | undefined {
  const share = shares.get(permission.share ?? '');
  if (share === undefined || share.conditions.once || shares.standing(share, device, now) !== 'open') return undefined;
  return { ...permission, ...limitsOf(share, ceases(share.conditions, now), now) };
}

function widestFirst(
  shares: ShareRecord[],
  wanted: readonly string[],
  now: Seconds,
): { share: ShareRecord; ends: Ends }[] {
  const reach = (share: ShareRecord) => wanted.filter((scope) => share.scopes.includes(scope)).length;
  const rank = (share: ShareRecord) => {
    const ends = ceases(share.conditions, now);
    return { share, ends, once: share.conditions.once ? 1 : 0, reach: reach(share) };
  };
  const later = ({ ends }: { ends: Ends }) => Math.min(ends.at, Number.MAX_SAFE_INTEGER);
  return shares
    .map(rank)
    .sort((one, other) => one.once - other.once || other.reach - one.reach || later(other) - later(one));
}

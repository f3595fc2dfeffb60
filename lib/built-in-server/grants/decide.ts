import type { Permission, Seconds } from '../../uma/permission.ts';
import type { Model } from '../model/model.ts';
import type { RptRecord } from '../model/rpts.ts';
import type { Ticket } from '../model/tickets.ts';
import { type Asking, type Covered, covered, rptLifeSeconds } from './covered.ts';

/** What an owner's word amounts to for one ticket (UMA Grant 3.3.4). */
export type Verdict =
  | { kind: 'granted'; permissions: Permission[]; owner: string; expiresAt: Seconds; upgraded: boolean }
  | { kind: 'unclaimed' }
  /** The resource is shared with people, and nobody has said yet who uses this device. */
  | { kind: 'person-unknown' }
  | { kind: 'asked' }
  | { kind: 'denied' }
  | { kind: 'not-now' }
  | { kind: 'scope-unknown' };

export interface Question {
  device: string;
  /** Who stands behind it, where they have said so on the claims page or a PCT says it. */
  person: string | undefined;
  /** Whether the client can be sent to the claims page: it has registered where to come back to (UMA Grant 3.3.2). */
  canAskPerson: boolean;
  ticket: Ticket;
  /** Asked for beyond the ticket's; of these only what the client is registered for counts (UMA Grant 3.3.1, 3.3.4). */
  scopes: readonly string[];
  registeredScopes: readonly string[];
  /** The token that is to be upgraded, if it is this device's. */
  earlier: RptRecord | undefined;
}

type DecisionModel = Pick<Model, 'devices' | 'resources' | 'shares' | 'requests' | 'panic' | 'nowSeconds'>;

/**
 * Decides in one synchronous step; the caller stores what follows in the same step, so that no withdrawal can come
 * between. Whatever is not covered by a share is put in front of its owner, also when the rest is granted.
 */
export function decide(model: DecisionModel, question: Question): Verdict {
  const wanted = wantedPermissions(model, question);
  if (wanted === undefined) return { kind: 'scope-unknown' };
  const device = model.devices.get(question.device);
  const owners = new Set(wanted.map(({ resource }) => model.resources.get(resource)?.owner ?? ''));
  const [owner] = owners;
  if (device === undefined || device.state === 'quarantined' || device.state === 'retired') return { kind: 'denied' };
  if (owner === undefined || [...owners, device.owner ?? owner].some((name) => model.panic.active(name))) {
    return { kind: 'denied' };
  }
  if (!model.devices.claimed(device.clientId)) return { kind: 'unclaimed' };
  return weigh(model, question, wanted, owner);
}

/** What shares give of what is wanted; the rest is asked of the owner, or first of the person (UMA Grant 3.3.4, 3.3.6). */
function weigh(model: DecisionModel, question: Question, wanted: Permission[], owner: string): Verdict {
  const now = model.nowSeconds();
  const { device, person, canAskPerson, earlier } = question;
  const found = wanted.map((permission) => covered(model, { device, person }, permission, now));
  const granted = found.flatMap(({ permissions }) => permissions);
  const mayBeShared = granted.length === 0 && wanted.some(({ resource }) => model.shares.withPeople(resource));
  if (mayBeShared && person === undefined && canAskPerson) return { kind: 'person-unknown' };
  const submitted = found.map(({ missing }) => submit(model, { device, person }, missing));
  if (granted.length === 0) return { kind: submitted.some(Boolean) ? 'asked' : refusal(found) };
  return { kind: 'granted', owner, ...merged(granted, earlier, now) };
}

/** RequestedScopes of UMA Grant 3.3.4, per resource; nothing where a scope belongs to none of them, or one is gone. */
function wantedPermissions(
  model: DecisionModel,
  { ticket, scopes, registeredScopes }: Question,
): Permission[] | undefined {
  const wanted: Permission[] = [];
  const known = new Set<string>();
  for (const { resource, scopes: asked } of ticket.permissions) {
    const record = model.resources.get(resource);
    if (record === undefined) return [];
    for (const scope of record.scopes) known.add(scope);
    const more = scopes.filter((scope) => record.scopes.includes(scope) && registeredScopes.includes(scope));
    const still = asked.filter((scope) => record.scopes.includes(scope));
    wanted.push({ resource, scopes: [...new Set([...still, ...more])] });
  }
  return scopes.every((scope) => known.has(scope)) ? wanted : undefined;
}

/** An owner who has said when need not be asked, and whoever asks should know that it is a matter of when. */
function refusal(found: Covered[]): 'denied' | 'not-now' {
  return found.some(({ later }) => later.length > 0) ? 'not-now' : 'denied';
}

/** @returns whether the owner has, or now has, this in front of them */
function submit(model: DecisionModel, asking: Asking, { resource, scopes }: Permission): boolean {
  return scopes.length > 0 && model.requests.submit({ ...asking, resource, scopes }) !== 'refused';
}

/**
 * UMA Grant 3.3.5: permissions of the earlier token that are still alive go on in the new one.
 * The token ends with the first of its permissions: it says nothing that is not so.
 */
function merged(granted: Permission[], earlier: RptRecord | undefined, now: Seconds) {
  const key = ({ resource, share }: Permission) => `${resource} ${share}`;
  const fresh = new Map(granted.map((permission) => [key(permission), permission]));
  const kept = (earlier?.permissions ?? []).filter(({ exp }) => (exp ?? 0) > now);
  for (const old of kept) {
    const same = fresh.get(key(old));
    fresh.set(key(old), same ? { ...same, scopes: [...new Set([...same.scopes, ...old.scopes])] } : old);
  }
  const permissions = [...fresh.values()];
  const expiresAt = Math.min(...permissions.map(({ exp }) => exp ?? now + rptLifeSeconds));
  return { permissions, expiresAt, upgraded: kept.length > 0 };
}

/** What flows of a gateway may do for the owner, as it is chosen in a form. */
import type { GatewayRecord, ResourceRecord } from '../wire/records.ts';
import type { PortalKey } from '../words/words.ts';

/** `only`: where sharing is limited, to these resources. */
export interface Grant {
  scopes: readonly string[];
  only?: readonly string[];
}

/** What may be given, beyond protecting its own things: each as a person understands it. */
export const givable: readonly [string, PortalKey][] = [
  ['shares:read', 'portal.scope_read'],
  ['shares:reduce', 'portal.scope_reduce'],
  ['shares:grant', 'portal.scope_grant'],
];

export function mayShare({ scopes }: Pick<Grant, 'scopes'>): boolean {
  return scopes.includes('shares:grant');
}

/** What a gateway has. What is gone meanwhile can be chosen no more. */
export function grantOf(
  { scopes, resources }: Pick<GatewayRecord, 'scopes' | 'resources'>,
  known: readonly Pick<ResourceRecord, 'id'>[],
): Grant {
  const there = resources?.filter((id) => known.some((one) => one.id === id));
  return there === undefined ? { scopes } : { scopes, only: there };
}

/**
 * What a gateway that asks with a code is given, until something else is chosen: all that it asks for the first time. One
 * that is in already keeps what it has and its limit; more than that is for its owner to say.
 */
export function grantAsked(
  scopes: readonly string[],
  before: Pick<GatewayRecord, 'scopes' | 'resources'> | undefined,
  known: readonly Pick<ResourceRecord, 'id'>[],
): Grant {
  if (before === undefined) return { scopes };
  return { ...grantOf(before, known), scopes: scopes.filter((scope) => !isMore(scope, before)) };
}

/** Does it ask for what it has not? */
export function asksMore(scopes: readonly string[], before: Pick<GatewayRecord, 'scopes'> | undefined): boolean {
  return before !== undefined && scopes.some((scope) => isMore(scope, before));
}

function isMore(scope: string, before: Pick<GatewayRecord, 'scopes'>): boolean {
  return givable.some(([one]) => one === scope) && !before.scopes.includes(scope);
}

export function withScope({ scopes, ...rest }: Grant, scope: string): Grant {
  return { ...rest, scopes: flipped(scopes, scope) };
}

export function withResource({ scopes, only = [] }: Grant, resource: string): Grant {
  return { scopes, only: flipped(only, resource) };
}

/** Limited to nothing yet, or not limited. */
export function limited({ scopes }: Grant, isLimited: boolean): Grant {
  return isLimited ? { scopes, only: [] } : { scopes };
}

/** Sharing that is limited to nothing could as well be left out: it is asked which of both is meant. */
export function isUndecided(grant: Grant): boolean {
  return mayShare(grant) && grant.only?.length === 0;
}

/** Names of what it may share; `undefined` where that is everything. What is gone has no name. */
export function namesIn(
  resources: readonly string[] | undefined,
  known: readonly Pick<ResourceRecord, 'id' | 'name'>[],
): string[] | undefined {
  return resources?.flatMap((id) => known.find((one) => one.id === id)?.name ?? []);
}

function flipped(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

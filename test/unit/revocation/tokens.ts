import type { Denylist } from '../../../lib/revocation/denylist.ts';
import type { Permission } from '../../../lib/uma/permission.ts';
import type { RptFacts } from '../../../lib/uma/rpt.ts';

/** A token that lets the thermostat turn the boiler on, resting on share `sh_1`; `change` makes it another one. */
export function token(change: Partial<RptFacts> = {}): RptFacts {
  const permissions: Permission[] = [{ resource: 'boiler', scopes: ['on', 'off'], share: 'sh_1' }];
  return { device: 'thermostat', issuedAt: 900, expiresAt: 1_200, permissions, ...change };
}

export const turnOn: Permission[] = [{ resource: 'boiler', scopes: ['on'] }];

/** What the denylist says to a token whose hash is `hash`. */
export function ask(denylist: Denylist, facts: RptFacts = token(), wanted = turnOn, hash = 'hash') {
  return denylist.denies(hash, facts, wanted);
}

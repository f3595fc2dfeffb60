import type { Ended } from './ends.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import { ModelError } from './model-error.ts';
import type { OpenRequests } from './open-requests.ts';
import type { Owners } from './owners.ts';
import type { Actor } from './records.ts';
import type { Sessions } from './sessions.ts';
import type { Shares } from './shares.ts';

export interface RemoveGuestParts {
  nowSeconds(): number;
  owners: Owners;
  sessions: Sessions;
  shares: Shares;
  requests: OpenRequests;
  issued: IssuedTokens;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
}

/**
 * A guest goes, and with them what was shared with them, what they asked for, and whatever said that they stand behind a
 * device. An invitation under the same name begins with nothing.
 * @throws ModelError `not_found` where this owner has no such guest
 */
export function removeGuest(parts: RemoveGuestParts, name: string, owner: string, by: Actor): Ended {
  const { owners, sessions, shares, requests, issued, events, history, nowSeconds } = parts;
  const guest = owners.byName(name);
  if (guest?.guestOf !== owner) throw new ModelError('not_found', 'you have no such guest');
  const done = shares.ofPerson(guest.name).flatMap((share) => shares.end(share.id, 'person_removed', by) ?? []);
  requests.removePerson(guest.name);
  const tokens = announceEnded(issued.endPerson(guest.name), nowSeconds(), events.add);
  sessions.closeOthers(guest.name);
  owners.removeGuest(guest.name);
  history.add({ what: 'person_removed', by, owner, values: { person: guest.name } });
  const told = [...done.flatMap((end) => end.events), ...tokens];
  return { at: nowSeconds(), ended: done.map((end) => end.ended), events: told };
}

import { hashesTo, newId, newSecret, sha256 } from './ids.ts';
import type { SessionRecord, SignedInFrom } from './records.ts';
import type { Tables } from './tables.ts';

const LIFE_SECONDS = 30 * 24 * 60 * 60;
const MOST_PER_OWNER = 20;

/** Sessions in two halves: the cookie, which flows on other ports receive too, and the CSRF token, which they do not. */
export interface Sessions {
  /** Both halves, told once. Beyond 20 sessions of an owner the oldest ends. */
  open(owner: string, where?: SignedInFrom): { id: string; cookie: string; csrf: string };
  /** The session, where both halves belong to it and it has not expired. */
  check(cookie: string, csrf: string): SessionRecord | undefined;
  /** Whose browser this is: no authority, only a sign that the owner signed in there before. */
  signedInBefore(cookie: string, owner: string): boolean;
  /** Oldest first. */
  list(owner: string): SessionRecord[];
  /** @returns false where the owner has no such session */
  close(owner: string, id: string): boolean;
  /** Ends the owner's sessions but one. */
  closeOthers(owner: string, id?: string): void;
}

export function createSessions({ sessions: rows }: Pick<Tables, 'sessions'>, now: () => number): Sessions {
  const ofOwner = (owner: string) =>
    rows.keyed('owner', owner).sort(([, one], [, other]) => one.createdAt - other.createdAt);
  const closeWhere = (owner: string, which: (session: SessionRecord) => boolean) => {
    const closing = ofOwner(owner).filter(([, session]) => which(session));
    for (const [key] of closing) rows.remove(key);
    return closing.length > 0;
  };
  return {
    open(owner, where = {}) {
      closeWhere(owner, (session) => now() >= session.expiresAt);
      for (const [key] of ofOwner(owner).slice(0, -(MOST_PER_OWNER - 1))) rows.remove(key);
      const [id, cookie, csrf] = [newId('se_'), newSecret(), newSecret()];
      const times = { createdAt: now(), expiresAt: now() + LIFE_SECONDS };
      rows.put(sha256(cookie), { id, owner, csrfHash: sha256(csrf), ...times, ...where });
      return { id, cookie, csrf };
    },
    check(cookie, csrf) {
      const session = rows.get(sha256(cookie));
      if (session === undefined || now() >= session.expiresAt) return undefined;
      return hashesTo(csrf, session.csrfHash) ? session : undefined;
    },
    signedInBefore: (cookie, owner) => rows.get(sha256(cookie))?.owner === owner,
    list: (owner) => ofOwner(owner).flatMap(([, session]) => (now() < session.expiresAt ? session : [])),
    close: (owner, id) => closeWhere(owner, (session) => session.id === id),
    closeOthers: (owner, id) => void closeWhere(owner, (session) => session.id !== id),
  };
}

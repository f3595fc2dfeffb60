import { ModelError } from './model-error.ts';
import type { Passwords } from './password.ts';
import type { OwnerRecord, PasswordHash } from './records.ts';
import { nameKey, type Tables } from './tables.ts';
import type { Sender } from './turns.ts';

/** The people of this home: owners, and their guests. */
export interface Owners {
  byName(name: string): OwnerRecord | undefined;
  any(): boolean;
  /** By name. */
  all(): OwnerRecord[];
  /** Is this person, whose password was checked a while ago, here still, and with that password? */
  standsStill(person: OwnerRecord): boolean;
  /** Takes the same time whether or not there is such an owner. @throws ModelError `busy` */
  verify(name: string, password: string, sender: Sender): Promise<OwnerRecord | undefined>;
  /** Slow, so before the transaction. @throws ModelError `weak_password`, `busy` */
  hash(password: string): Promise<PasswordHash>;
  /**
   * @param guestOf - the owner whose guest this is
   * @throws ModelError `invalid_request` for a name that is none, `name_taken`, `too_many` beyond 200 people
   */
  add(name: string, password: PasswordHash, guestOf?: string): OwnerRecord;
  /** A guest goes. What was theirs is for the caller to end. */
  removeGuest(name: string): void;
  /** A new password for whoever is there; the old one was checked, or the terminal says so (`--reset-owner`). */
  setPassword(name: string, password: PasswordHash): void;
}

const MOST_PEOPLE = 200;

export function createOwners(
  { owners }: Pick<Tables, 'owners'>,
  passwords: Passwords,
  nowSeconds: () => number,
): Owners {
  const byName = (name: string) => owners.get(nameKey(name));
  // By the hash of the password, whose salt no two people share: another may have come under the same name.
  const standsStill = ({ name, password }: OwnerRecord) => byName(name)?.password.hash === password.hash;
  return {
    byName,
    standsStill,
    any: () => owners.all({ limit: 1 }).length > 0,
    async verify(name, password, sender) {
      const owner = byName(name);
      const isRight = await passwords.verify(password, owner?.password, sender);
      // That took its time: whoever was removed meanwhile is nobody.
      return isRight && owner !== undefined && standsStill(owner) ? owner : undefined;
    },
    hash: passwords.hash,
    all: () => owners.all(),
    add(name, password, guestOf) {
      checkName(name);
      if (byName(name) !== undefined) throw new ModelError('name_taken', 'somebody has this name already');
      if (owners.all({ limit: MOST_PEOPLE }).length >= MOST_PEOPLE) throw new ModelError('too_many', 'too many people');
      const known = { name: name.trim(), password, createdAt: nowSeconds() };
      const person = guestOf === undefined ? known : { ...known, guestOf };
      owners.put(nameKey(name), person);
      return person;
    },
    removeGuest(name) {
      if (byName(name)?.guestOf !== undefined) owners.remove(nameKey(name));
    },
    setPassword(name, password) {
      const owner = byName(name);
      if (owner !== undefined) owners.put(nameKey(name), { ...owner, password });
    },
  };
}

/** @throws ModelError `invalid_request` */
export function checkName(name: string): void {
  const trimmed = name.trim();
  const odd = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(trimmed);
  if (trimmed === '' || trimmed.length > 64 || nameKey(trimmed).length > 100 || odd)
    throw new ModelError('invalid_request', 'a name has 1 to 64 characters');
}

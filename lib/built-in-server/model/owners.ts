import { ModelError } from './model-error.ts';
import type { Passwords } from './password.ts';
import type { OwnerRecord, PasswordHash } from './records.ts';
import { nameKey, type Tables } from './tables.ts';

export interface Owners {
  byName(name: string): OwnerRecord | undefined;
  any(): boolean;
  /** Takes the same time whether or not there is such an owner. @throws ModelError `busy` */
  verify(name: string, password: string, sender: string): Promise<OwnerRecord | undefined>;
  /** Slow, so before the transaction. @throws ModelError `weak_password`, `busy` */
  hash(password: string): Promise<PasswordHash>;
  /** @throws ModelError `invalid_request` for a name that is none, `name_taken` */
  add(name: string, password: PasswordHash): OwnerRecord;
  /** For `--reset-owner` only: a new password for an owner there is. */
  setPassword(name: string, password: PasswordHash): void;
}

export function createOwners(
  { owners }: Pick<Tables, 'owners'>,
  passwords: Passwords,
  nowSeconds: () => number,
): Owners {
  const byName = (name: string) => owners.get(nameKey(name));
  return {
    byName,
    any: () => owners.all({ limit: 1 }).length > 0,
    async verify(name, password, sender) {
      const owner = byName(name);
      return (await passwords.verify(password, owner?.password, sender)) ? owner : undefined;
    },
    hash: passwords.hash,
    add(name, password) {
      checkName(name);
      if (byName(name) !== undefined) throw new ModelError('name_taken', 'there is an owner of this name');
      const owner = { name: name.trim(), password, createdAt: nowSeconds() };
      owners.put(nameKey(name), owner);
      return owner;
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

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { ModelError } from './model-error.ts';
import type { PasswordHash } from './records.ts';
import { createTurns, type Sender } from './turns.ts';

const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLELIZATION = 1;
const HASH_BYTES = 32;
const SHORTEST = 10;
const LONGEST = 1000;
const LIMITS = { atOnce: 2, waitingPerSender: 5, waiting: 200 };

/** @throws ModelError `weak_password` */
function checkPassword(password: string): void {
  const length = [...password].length;
  if (length < SHORTEST || length > LONGEST)
    throw new ModelError('weak_password', `a password has ${SHORTEST} to ${LONGEST} characters`, { least: SHORTEST });
}

export interface Passwords {
  /** @throws ModelError `weak_password`, `busy` */
  hash(password: string): Promise<PasswordHash>;
  /**
   * Does as much work for no stored hash as for one, and then says no.
   * @param sender - who asks; nobody has to wait for all that another sends
   * @throws ModelError `busy` when too many wait
   */
  verify(password: string, stored: PasswordHash | undefined, sender: Sender): Promise<boolean>;
}

/** scrypt, two at a time; so many more wait, from each sender a few, so that guessing fills no memory and crowds out nobody. */
export function createPasswords(): Passwords {
  const inTurn = createTurns(LIMITS);
  const nobody = { cost: COST, blockSize: BLOCK_SIZE, parallelization: PARALLELIZATION, salt: newSalt(), hash: '' };
  return {
    async hash(password) {
      checkPassword(password);
      const shape = { ...nobody, salt: newSalt() };
      return { ...shape, hash: (await inTurn({ key: 'set-up' }, () => derive(password, shape))).toString('base64url') };
    },
    async verify(password, stored, sender) {
      const actual = await inTurn(sender, () => derive(password.slice(0, LONGEST), stored ?? nobody));
      const expected = Buffer.from(stored?.hash ?? '', 'base64url');
      return actual.length === expected.length && timingSafeEqual(actual, expected);
    },
  };
}

function newSalt(): string {
  return randomBytes(16).toString('base64url');
}

function derive(password: string, shape: PasswordHash): Promise<Buffer> {
  const { cost, blockSize, parallelization } = shape;
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: 256 * cost * blockSize };
  const salt = Buffer.from(shape.salt, 'base64url');
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

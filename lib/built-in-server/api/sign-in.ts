import { Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import { sha256 } from '../model/ids.ts';
import type { Model } from '../model/model.ts';
import type { OwnerRecord } from '../model/records.ts';
import { nameKey } from '../model/tables.ts';
import type { Sender } from '../model/turns.ts';
import { type AttemptLimiter, addressKey } from './attempt-limiter.ts';
import type { SessionCookie } from './session-cookie.ts';

interface SignInParts {
  model: Model;
  cookie: SessionCookie;
  perAccount: AttemptLimiter;
  perAddress: AttemptLimiter;
}

/**
 * Checks a name and a password. Guessing is slowed down per account *and* address, so that nobody locks an owner out
 * from elsewhere, and per address over all accounts. A browser where this owner signed in before is counted by itself:
 * on one's own computer everybody has the same address.
 * @throws Refusal 401 `sign_in_failed`, 429 `too_many_requests`; ModelError `busy`
 */
export type SignIn = (request: Request, name: string, password: string) => Promise<OwnerRecord>;

export function createSignIn({ model, cookie, perAccount, perAddress }: SignInParts): SignIn {
  const senderOf = (request: Request, name: string): Sender => {
    const owner = model.owners.byName(name)?.name;
    const known = cookie.read(request).find((value) => owner && model.sessions.signedInBefore(value, owner));
    if (known === undefined) return { key: addressKey(request.remoteAddress) };
    return { key: `browser ${sha256(known)}`, known: true };
  };
  return async (request, name, password) => {
    const sender = senderOf(request, name);
    const { key } = sender;
    const account = `${key} ${nameKey(name).slice(0, 100)}`;
    perAccount.count(account);
    perAddress.count(key);
    const owner = await model.owners.verify(name, password, sender);
    if (owner === undefined) throw signInFailed();
    perAccount.forgive(account);
    perAddress.uncount(key);
    return owner;
  };
}

export function signInFailed(): Refusal {
  return new Refusal(401, 'sign_in_failed', 'name or password is not right');
}

/**
 * The name of the owner who signs in to do one thing, on a page without a session.
 * @throws Refusal 401, 403 `guest`, 429; ModelError `busy`
 */
export async function signInOwner(signIn: SignIn, request: Request, name: string, password: string): Promise<string> {
  const person = await signIn(request, name, password);
  if (person.guestOf !== undefined) throw new Refusal(403, 'guest', 'only an owner may do that');
  return person.name;
}

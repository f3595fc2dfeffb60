import { Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Model } from '../model/model.ts';
import type { OwnerRecord } from '../model/records.ts';
import { nameKey } from '../model/tables.ts';
import { type AttemptLimiter, addressKey } from './attempt-limiter.ts';

/**
 * Checks a name and a password. Guessing is slowed down per account *and* address, so that nobody locks an owner out
 * from elsewhere, and per address over all accounts.
 * @throws Refusal 401 `sign_in_failed`, 429 `too_many_requests`; ModelError `busy`
 */
export type SignIn = (request: Request, name: string, password: string) => Promise<OwnerRecord>;

export function createSignIn(model: Model, perAccount: AttemptLimiter, perAddress: AttemptLimiter): SignIn {
  return async (request, name, password) => {
    const address = addressKey(request.remoteAddress);
    const account = `${address} ${nameKey(name).slice(0, 100)}`;
    perAccount.count(account);
    perAddress.count(address);
    const owner = await model.owners.verify(name, password);
    if (owner === undefined) throw new Refusal(401, 'sign_in_failed', 'name or password is not right');
    perAccount.forgive(account);
    perAddress.forgive(address);
    return owner;
  };
}

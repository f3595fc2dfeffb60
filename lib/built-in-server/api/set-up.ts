/** Making the first owner: `POST /api/setup`, and the same for the page. */
import { json, Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import { checkName } from '../model/owners.ts';
import { type AttemptLimiter, addressKey } from './attempt-limiter.ts';
import { onlyMembers, optionalTextIn, readObject, textIn } from './body-fields.ts';
import { type Codes, findCode } from './codes.ts';
import { saysWhy } from './owner-route.ts';
import { refuseForeign } from './request-guard.ts';
import type { SessionCookie } from './session-cookie.ts';
import { signedInFrom } from './signed-in-from.ts';

interface SetUpWish {
  code: string;
  name: string;
  password: string;
  /** The code that a waiting gateway shows; approved in the same step. */
  connect?: string;
  /** May the flows of that gateway share for this owner? Yes unless said otherwise. */
  mayGrant?: boolean;
}

/**
 * Makes the owner. The code is used up only where everything else is right.
 * @throws ModelError `already_set_up`, `code_invalid`, `weak_password`, …; Refusal 404 `code_unknown`, 429
 */
export type SetUpOwner = (request: Request, wish: SetUpWish) => Promise<{ owner: string }>;

export function createSetUpOwner(model: Model, codes: Codes, limiter: AttemptLimiter): SetUpOwner {
  return async (request, wish) => {
    limiter.count(addressKey(request.remoteAddress));
    if (!model.setUp.open()) throw new ModelError('already_set_up', 'there is an owner');
    if (!model.setUp.valid(wish.code)) throw codeInvalid();
    checkName(wish.name);
    const connect = wish.connect === undefined ? undefined : findGateway(codes, wish.connect);
    const password = await model.owners.hash(wish.password);
    const owner = await model.transaction(() => {
      if (!model.setUp.valid(wish.code)) throw codeInvalid();
      const made = makeOrReset(model, wish.name, password);
      if (connect !== undefined) letIn(codes, connect, made, wish.mayGrant ?? true);
      model.setUp.done();
      return made;
    });
    limiter.forgive(addressKey(request.remoteAddress));
    return { owner };
  };
}

function makeOrReset(model: Model, name: string, password: Awaited<ReturnType<Model['owners']['hash']>>): string {
  const before = model.owners.byName(name);
  if (before?.guestOf !== undefined) throw new ModelError('name_taken', 'a guest has this name');
  if (before === undefined && model.owners.any()) throw new ModelError('owner_unknown', 'no owner has this name');
  const owner = before?.name ?? model.owners.add(name, password).name;
  if (before !== undefined) {
    model.owners.setPassword(owner, password);
    model.sessions.closeOthers(owner);
  }
  const what = before === undefined ? 'owner_made' : 'password_reset';
  model.history.add({ what, by: { kind: 'server' }, owner });
  return owner;
}

/** A device is claimed by an owner who has signed in. @throws Refusal 404 `code_unknown` */
function findGateway(codes: Codes, typed: string): ReturnType<typeof findCode> {
  const found = findCode(codes, typed);
  if (found.waiting.kind === 'gateway') return found;
  throw new Refusal(404, 'code_unknown', 'no gateway waits with this code');
}

function letIn(codes: Codes, found: ReturnType<typeof findCode>, owner: string, mayGrant: boolean): void {
  const scopes = found.waiting.scopes.filter((scope) => mayGrant || scope !== 'shares:grant');
  codes.approve({ userCode: found.userCode, owner, scopes }, { kind: 'owner', owner });
}

function codeInvalid(): ModelError {
  return new ModelError('code_invalid', 'the set-up code is wrong, used or too old');
}

export function setUpRoute(
  { model, pages, cookie }: { model: Model; pages: string; cookie: SessionCookie },
  setUp: SetUpOwner,
): Route {
  const origin = new URL(pages).origin;
  return {
    method: 'POST',
    path: '/api/setup',
    handle: (request) =>
      saysWhy(request, async () => {
        refuseForeign(request, origin);
        const body = await readObject(request);
        onlyMembers(body, 'code', 'name', 'password', 'connect');
        const connect = optionalTextIn(body, 'connect', 20);
        const wish = {
          code: textIn(body, 'code', 100),
          name: textIn(body, 'name', 200),
          password: textIn(body, 'password'),
        };
        const { owner } = await setUp(request, connect === undefined ? wish : { ...wish, connect });
        const session = await model.transaction(() => model.sessions.open(owner, signedInFrom(request)));
        return json(201, { owner, csrfToken: session.csrf }, cookie.set(session.cookie));
      }),
  };
}

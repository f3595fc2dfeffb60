/** `/api/session` and `/api/sessions`: signing in and out, and seeing where one is signed in. */
import { empty, json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import { onlyMembers, readObject, textIn } from './body-fields.ts';
import { type OwnerRoute, saysWhy } from './owner-route.ts';
import { notFound } from './refusals.ts';
import { refuseForeign } from './request-guard.ts';
import type { SessionCookie } from './session-cookie.ts';
import { type SignIn, signInFailed } from './sign-in.ts';
import { signedInFrom } from './signed-in-from.ts';

export interface SessionParts {
  model: Model;
  pages: string;
  cookie: SessionCookie;
  signIn: SignIn;
}

export function sessionRoutes({ model, pages, cookie, signIn }: SessionParts, route: OwnerRoute): Route[] {
  const origin = new URL(pages).origin;
  const open: Route = {
    method: 'POST',
    path: '/api/session',
    handle: (request) =>
      saysWhy(request, async () => {
        refuseForeign(request, origin);
        const body = await readObject(request);
        onlyMembers(body, 'name', 'password');
        const person = await signIn(request, textIn(body, 'name', 200), textIn(body, 'password'));
        const session = await model.transaction(() => {
          if (!model.owners.standsStill(person)) throw signInFailed();
          return model.sessions.open(person.name, signedInFrom(request));
        });
        return json(200, { csrfToken: session.csrf, owner: person.name }, cookie.set(session.cookie));
      }),
  };
  return [
    open,
    route('DELETE', '/api/session', 'session', async ({ owner, session = '' }) => {
      await model.transaction(() => model.sessions.close(owner, session));
      return empty(204, cookie.clear());
    }),
    route('GET', '/api/sessions', 'session', ({ owner, session }) => {
      const items = model.sessions.list(owner).map(({ id, createdAt, expiresAt, from, browser, system }) => {
        return { id, createdAt, expiresAt, from, browser, system, current: id === session };
      });
      return json(200, { items });
    }),
    route('DELETE', '/api/sessions', 'session', async (authority) => {
      await act(model, authority, () => model.sessions.closeOthers(authority.owner, authority.session));
      return empty(204);
    }),
    route('DELETE', '/api/sessions/{id}', 'session', async (authority, request) => {
      const { id = '' } = request.params;
      const closed = await act(model, authority, () => model.sessions.close(authority.owner, id));
      if (!closed) throw notFound('session');
      return empty(204);
    }),
  ];
}

/** `/api/password`: whoever is signed in, owner or guest, chooses a new one. */
import { json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import { act } from './authority.ts';
import { onlyMembers, readObject, textIn } from './body-fields.ts';
import type { OwnerRoute } from './owner-route.ts';
import type { SessionParts } from './sessions.ts';
import { signInFailed } from './sign-in.ts';
import { signedInFrom } from './signed-in-from.ts';

export function passwordRoutes({ model, cookie, signIn }: SessionParts, route: OwnerRoute): Route[] {
  return [
    route('PUT', '/api/password', 'session', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'old', 'new');
      const { owner: name, by } = authority;
      const [old, next] = [textIn(body, 'old'), textIn(body, 'new')];
      // A session may be somebody else's by now: the old password is asked for, and guessing it is as slow as at the sign-in.
      const person = await signIn(request, name, old);
      const password = await model.owners.hash(next);
      const session = await act(model, authority, () => {
        if (!model.owners.standsStill(person)) throw signInFailed();
        model.owners.setPassword(name, password);
        // A guest's is written where their owner reads it.
        const owner = person.guestOf ?? name;
        model.history.add({ what: 'password_changed', by, owner, values: { person: name } });
        // This one too: whoever has read either half of it has nothing any more.
        model.sessions.closeOthers(name);
        return model.sessions.open(name, signedInFrom(request));
      });
      return json(200, { csrfToken: session.csrf }, cookie.set(session.cookie));
    }),
  ];
}

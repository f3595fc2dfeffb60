/** `/api/panic`: stopping everything at once; ending that needs the owner and the password again. */
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import { onlyMembers, optionalTextIn, readObject, textIn } from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import type { SignIn } from './sign-in.ts';

export function panicRoutes(model: Model, signIn: SignIn, route: OwnerRoute): Route[] {
  return [
    route('POST', '/api/panic', 'shares:reduce', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'order');
      const id = optionalTextIn(body, 'order', 200);
      const { owner, by, session, gateway } = authority;
      const order = id === undefined || gateway === undefined ? undefined : { id, gateway };
      const { since, events } = await act(model, authority, () => {
        model.sessions.closeOthers(owner, session);
        return model.ends.panic(owner, by, order);
      });
      return answerWhenKnown(model, events, { active: true, since });
    }),
    route('DELETE', '/api/panic', 'owner', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'password');
      const { owner, by } = authority;
      // What is pressed while a password is being checked is not ended with it.
      const pressed = model.panic.pressed(owner);
      await signIn(request, owner, textIn(body, 'password'));
      const { events } = await act(model, authority, () => model.panic.end(owner, by, pressed));
      return answerWhenKnown(model, events, { active: false });
    }),
  ];
}

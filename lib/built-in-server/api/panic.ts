/** `/api/panic`: stopping everything at once; ending that needs the owner and the password again. */
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import { onlyMembers, readObject, textIn } from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import type { SignIn } from './sign-in.ts';

export function panicRoutes(model: Model, signIn: SignIn, route: OwnerRoute): Route[] {
  return [
    route('POST', '/api/panic', 'shares:reduce', async (authority, request) => {
      onlyMembers(await readObject(request));
      const { owner, by, session } = authority;
      const { since, events } = await act(model, authority, () => {
        model.sessions.closeOthers(owner, session);
        return model.panic.start(owner, by);
      });
      return answerWhenKnown(model, events, { active: true, since });
    }),
    route('DELETE', '/api/panic', 'session', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'password');
      const { owner, by } = authority;
      await signIn(request, owner, textIn(body, 'password'));
      const { events } = await act(model, authority, () => model.panic.end(owner, by));
      return answerWhenKnown(model, events, { active: false });
    }),
  ];
}

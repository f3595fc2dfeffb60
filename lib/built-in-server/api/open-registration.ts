/** `/api/open-registration`: *Add a device* lets devices on other computers register for ten minutes. */
import { empty, json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import { onlyMembers, readObject } from './body-fields.ts';
import type { OwnerRoute } from './owner-route.ts';

export function openRegistrationRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('POST', '/api/open-registration', 'owner', async (authority, request) => {
      onlyMembers(await readObject(request));
      const { owner, by } = authority;
      // In the same step in which no panic was under way: one that comes next closes it.
      const until = await act(model, authority, () => {
        model.panic.refuse(owner);
        model.history.add({ what: 'registration_opened', by, owner });
        model.news.note(owner, 'home');
        return model.openRegistration.open(owner);
      });
      return json(200, { until });
    }),
    route('DELETE', '/api/open-registration', 'owner', ({ owner }) => {
      model.openRegistration.close(owner);
      model.news.note(owner, 'home');
      return empty(204);
    }),
  ];
}

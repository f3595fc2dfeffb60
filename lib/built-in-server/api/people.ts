/** `/api/people`: who can sign in here. Guests own nothing: things are shared with them, and they can be removed. */
import { json, malformed } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { checkName } from '../model/owners.ts';
import type { OwnerRecord } from '../model/records.ts';
import { act } from './authority.ts';
import { onlyMembers, optionalTextIn, readObject, textIn } from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';

export function peopleRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/people', 'owner', () => json(200, { items: model.owners.all().map(shownPerson) })),
    route('POST', '/api/people', 'owner', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'name', 'password', 'kind');
      const name = textIn(body, 'name', 200);
      const kind = optionalTextIn(body, 'kind') ?? 'guest';
      if (kind !== 'guest' && kind !== 'owner') throw malformed('kind is "guest" or "owner"');
      checkName(name);
      const password = await model.owners.hash(textIn(body, 'password'));
      const { owner, by } = authority;
      const person = await act(model, authority, () => {
        model.panic.refuse(owner);
        const added = model.owners.add(name, password, kind === 'guest' ? owner : undefined);
        model.history.add({ what: 'person_added', by, owner, values: { person: added.name, kind } });
        return added;
      });
      return json(201, shownPerson(person));
    }),
    route('DELETE', '/api/people/{name}', 'owner', async (authority, request) => {
      const { name = '' } = request.params;
      const { owner, by } = authority;
      const done = await act(model, authority, () => model.owners.removeGuest(name, owner, by));
      return answerWhenKnown(model, done.events, { name, at: done.at, revoked: done.ended });
    }),
  ];
}

function shownPerson({ name, guestOf, createdAt }: OwnerRecord): object {
  return {
    name,
    kind: guestOf === undefined ? 'owner' : 'guest',
    createdAt,
    ...(guestOf === undefined ? {} : { guestOf }),
  };
}

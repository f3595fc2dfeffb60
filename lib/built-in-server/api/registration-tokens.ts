/** `POST /api/registration-tokens`: lets installers and scripts register clients as this owner's. */
import { json, malformed } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import { numberIn, onlyMembers, readObject, textIn } from './body-fields.ts';
import type { OwnerRoute } from './owner-route.ts';

export function registrationTokenRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('POST', '/api/registration-tokens', 'owner', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'for', 'uses', 'expiresIn');
      const purpose = textIn(body, 'for');
      if (purpose !== 'gateway' && purpose !== 'device') throw malformed('for is "gateway" or "device"');
      const { owner, by } = authority;
      const wish = {
        owner,
        for: purpose as 'gateway' | 'device',
        uses: numberIn(body, 'uses'),
        expiresInSeconds: numberIn(body, 'expiresIn'),
      };
      const made = await act(model, authority, () => {
        model.panic.refuse(owner);
        model.history.add({ what: 'registration_token_made', by, owner, values: { for: purpose, uses: wish.uses } });
        return model.registrationTokens.make(wish);
      });
      return json(201, made);
    }),
  ];
}

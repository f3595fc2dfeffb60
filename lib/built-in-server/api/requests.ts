/** `/api/requests`: devices that wait for their owner. */
import { sayIn } from '../../sharing/say.ts';
import { empty, json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { RequestRecord } from '../model/records.ts';
import { type Authority, act, requireResource } from './authority.ts';
import { onlyMembers, optionalConditionsIn, optionalTextsIn, readObject } from './body-fields.ts';
import type { OwnerRoute } from './owner-route.ts';
import { notFound } from './refusals.ts';
import { shownRequest, shownShare } from './shown.ts';

export function requestRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/requests', 'shares:read', ({ owner }, { language }) => {
      const say = sayIn(language);
      return json(200, { items: model.requests.list(owner).map((request) => shownRequest(model, request, say)) });
    }),
    route('POST', '/api/requests/{id}/approve', 'shares:grant', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'scopes', 'conditions');
      const scopes = optionalTextsIn(body, 'scopes');
      const conditions = optionalConditionsIn(body);
      const limits = {
        ...(scopes === undefined ? {} : { scopes }),
        ...(conditions === undefined ? {} : { conditions }),
      };
      const { share } = await act(model, authority, () => {
        const { id, resource } = ownRequest(model, authority, request.params.id);
        requireResource(authority, resource);
        return model.requests.approve(id, limits, authority.by);
      });
      return json(201, shownShare(model, share, sayIn(request.language)));
    }),
    route('POST', '/api/requests/{id}/deny', 'shares:reduce', async (authority, request) => {
      onlyMembers(await readObject(request));
      await act(model, authority, () =>
        model.requests.deny(ownRequest(model, authority, request.params.id).id, authority.by),
      );
      return empty(204);
    }),
  ];
}

function ownRequest(model: Model, { owner }: Authority, id = ''): RequestRecord {
  const request = model.requests.get(id);
  if (request?.owner !== owner) throw notFound('request');
  return request;
}

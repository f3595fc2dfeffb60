/** `/api/gateways`: the Node-REDs an owner let in, what they may do for them, and stopping one. */
import { json, malformed } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import { type Body, onlyMembers, optionalTextsIn, readObject, textsIn } from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import { pageAsked, pageOf } from './page.ts';
import { notFound } from './refusals.ts';
import { shownGateway } from './shown.ts';

export function gatewayRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/gateways', 'shares:read', ({ owner }, request) => {
      const read = (range: object) => model.gateways.list({ owner, ...range });
      const page = pageOf(
        pageAsked(request),
        read,
        (gateway) => gateway.clientId,
        (gateway) => shownGateway(model, gateway),
      );
      return json(200, page);
    }),
    route('PATCH', '/api/gateways/{id}', 'owner', async (authority, request) => {
      const limits = limitsIn(await readObject(request));
      const changed = await act(model, authority, () => {
        const gateway = model.gateways.get(request.params.id ?? '');
        if (gateway?.owner !== authority.owner) throw notFound('gateway');
        return model.gateways.limit(gateway, limits, authority.by);
      });
      return json(200, shownGateway(model, changed));
    }),
    route('DELETE', '/api/gateways/{id}', 'shares:reduce', async (authority, request) => {
      const id = request.params.id ?? '';
      const stopped = await act(model, authority, () => {
        const gateway = model.gateways.get(id);
        if (gateway?.owner !== authority.owner) throw notFound('gateway');
        return model.gateways.stop(gateway, authority.by);
      });
      return answerWhenKnown(model, stopped.events, { id, at: stopped.at, revoked: stopped.ended });
    }),
  ];
}

function limitsIn(body: Body) {
  onlyMembers(body, 'scopes', 'resources');
  const scopes = optionalTextsIn(body, 'scopes');
  const { resources } = body;
  if (scopes === undefined && resources === undefined) throw malformed('change scopes, resources or both');
  return {
    ...(scopes === undefined ? {} : { scopes }),
    ...(resources === undefined ? {} : { resources: resources === null ? null : textsIn(body, 'resources') }),
  };
}

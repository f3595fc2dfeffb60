/** `/api/gateways`: the Node-REDs an owner let in, and stopping one. */
import { json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
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

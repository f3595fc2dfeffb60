/** What an owner may only look at: home, resources, history, receipts. */
import { json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { numberKey } from '../model/tables.ts';
import type { OwnerRoute } from './owner-route.ts';
import { pageAsked, pageOf } from './page.ts';
import { shownReceipt } from './shown.ts';

const numberOf = ({ number }: { number: number }) => numberKey(number);

export function listRoutes(model: Model, issuer: string, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/home', 'shares:read', ({ owner }) => json(200, homeOf(model, issuer, owner))),
    route('GET', '/api/resources', 'shares:read', ({ owner }, request) => {
      const read = (range: object) => model.resources.ofOwner(owner, range);
      const page = pageOf(
        pageAsked(request),
        read,
        ({ id }) => id,
        ({ owner: _, ...resource }) => resource,
      );
      return json(200, page);
    }),
    route('GET', '/api/history', 'shares:read', ({ owner }, request) => {
      const page = pageOf(
        pageAsked(request),
        (range) => model.history.list(owner, range),
        numberOf,
        ({ owner: _, ...line }) => line,
      );
      return json(200, page);
    }),
    route('GET', '/api/receipts', 'shares:read', ({ owner }, request) => {
      const page = pageOf(pageAsked(request), (range) => model.ends.receipts(owner, range), numberOf, shownReceipt);
      return json(200, page);
    }),
  ];
}

function homeOf(model: Model, issuer: string, owner: string): object {
  const since = model.owners.byName(owner)?.panicSince;
  const openUntil = model.openRegistration.until(owner);
  return {
    owner,
    issuer,
    panic: since === undefined ? { active: false } : { active: true, since },
    ...(openUntil === undefined ? {} : { openRegistration: { until: openUntil } }),
    counts: {
      devices: model.devices.list({ owner }).length,
      resources: model.resources.ofOwner(owner).length,
      shares: model.shares.list({ owner }).length,
      requests: model.requests.list(owner).length,
      gateways: model.gateways.list({ owner }).length,
    },
  };
}

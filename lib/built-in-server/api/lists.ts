/** What an owner looks at: home, with what the server has forgotten, and resources. */
import { empty, json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { act } from './authority.ts';
import type { OwnerRoute } from './owner-route.ts';
import { pageAsked, pageOf } from './page.ts';

/** How the server is named, and how it is told from one that only says so. */
interface ShownServer {
  issuer: string;
  signingKey: string;
  notEncrypted: boolean;
  /** What it shows over TLS now. */
  certificate?(): { fingerprint: string; made: boolean; expiresAt: number };
}

export function listRoutes(model: Model, server: ShownServer, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/home', 'shares:read', ({ owner }) => json(200, homeOf(model, server, owner))),
    route('DELETE', '/api/forgotten', 'owner', async (authority) => {
      await act(model, authority, () => model.forgotten.looked(authority.owner));
      return empty(204);
    }),
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
  ];
}

function homeOf(model: Model, server: ShownServer, owner: string): object {
  const since = model.owners.byName(owner)?.panicSince;
  const forgottenSince = model.forgotten.since(owner);
  const openUntil = model.openRegistration.until(owner);
  return {
    owner,
    issuer: server.issuer,
    signingKey: server.signingKey,
    ...(server.notEncrypted && { notEncrypted: true }),
    ...(server.certificate && { certificate: server.certificate() }),
    panic: since === undefined ? { active: false } : { active: true, since },
    ...(forgottenSince === undefined ? {} : { forgotten: { since: forgottenSince } }),
    ...(openUntil === undefined ? {} : { openRegistration: { until: openUntil } }),
    counts: { ...model.counts(owner), requests: model.requests.list(owner).length },
  };
}

import type { Permission } from '../../uma/permission.ts';
import { json, malformed, Refusal } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Route } from '../http/router.ts';
import type { Tickets } from '../model/tickets.ts';
import type { ProtectionParts } from './resources.ts';

const mostPermissions = 50;
/** A ticket waits in memory for ten minutes. */
const mostScopes = 200;

/** The permission endpoint (UMA Federated Authorization 4): an object or a list of them against one ticket. */
export function permissionRoutes(parts: ProtectionParts & { tickets: Tickets }): Route[] {
  const { presented, tickets } = parts;
  return [
    {
      method: 'POST',
      path: '/permission',
      async handle(request) {
        const { client } = presented.protection(request);
        const body = await request.json();
        const asked: unknown[] = Array.isArray(body) ? body : [body];
        if (asked.length === 0 || asked.length > mostPermissions) throw malformed('ask for 1 to 50 permissions');
        const permissions = asked.map((one) => readPermission(parts, client.clientId, one));
        if (permissions.flatMap(({ scopes }) => scopes).length > mostScopes)
          throw malformed('ask for at most 200 scopes');
        return json(201, { ticket: tickets.issue({ gateway: client.clientId, permissions: joined(permissions) }) });
      },
    },
  ];
}

/**
 * F 4.3: 400 `invalid_resource_id` and `invalid_scope` for what was not registered before, by this very gateway. A
 * permission without scopes (F 4) gives nothing by itself: the client has to say what it wants.
 */
function readPermission({ model }: ProtectionParts, gateway: string, value: unknown): Permission {
  const { resource_id: id, resource_scopes: scopes } = asObject(value);
  const resource = typeof id === 'string' ? model.resources.get(id) : undefined;
  if (resource?.gateway !== gateway) {
    throw new Refusal(400, 'invalid_resource_id', 'this gateway has registered no such resource');
  }
  if (!Array.isArray(scopes) || !scopes.every((scope) => resource.scopes.includes(scope))) {
    throw new Refusal(400, 'invalid_scope', 'a scope is missing or was not registered for this resource');
  }
  // The resource's own words, not the request's, which would keep the whole request in memory.
  return { resource: resource.id, scopes: resource.scopes.filter((scope) => scopes.includes(scope)) };
}

/** The same resource named twice is one permission. */
function joined(permissions: Permission[]): Permission[] {
  const byResource = new Map<string, Permission>();
  for (const { resource, scopes } of permissions) {
    const before = byResource.get(resource)?.scopes ?? [];
    byResource.set(resource, { resource, scopes: [...new Set([...before, ...scopes])] });
  }
  return [...byResource.values()];
}

import type { History } from './history.ts';
import { ModelError } from './model-error.ts';
import type { Actor, GatewayRecord } from './records.ts';
import type { Tables } from './tables.ts';

/** What an owner changes of what they gave a gateway. */
export interface GatewayLimits {
  /** At most what it has. */
  scopes?: readonly string[];
  /** Where it may share: only these resources, or, with `null`, all of the owner's. */
  resources?: readonly string[] | null;
}

export interface LimitParts {
  tables: Pick<Tables, 'gateways' | 'resources'>;
  history: Pick<History, 'add'>;
}

/**
 * Takes effect with its next request, whatever its token says. What it shared meanwhile stays shared.
 * @throws ModelError `scope_unknown` for more than it has: that takes a new code; `resource_unknown`
 */
export function limitGateway(
  { tables, history }: LimitParts,
  gateway: GatewayRecord,
  limits: GatewayLimits,
  by: Actor,
): GatewayRecord {
  const { resources: before, ...rest } = gateway;
  const { scopes = rest.scopes, resources = before } = limits;
  if (!scopes.every((scope) => rest.scopes.includes(scope)))
    throw new ModelError('scope_unknown', 'a gateway is given more only when it asks with a new code');
  if (limits.resources?.some((id) => tables.resources.get(id)?.owner !== gateway.owner))
    throw new ModelError('resource_unknown', 'you have no such resource');
  const less = { ...rest, scopes: rest.scopes.filter((scope) => scopes.includes(scope)) };
  const limited = resources ? { ...less, resources: [...new Set(resources)] } : less;
  tables.gateways.put(gateway.clientId, limited);
  const whose = gateway.owner === undefined ? {} : { owner: gateway.owner };
  const values = { gateway: gateway.clientId, name: gateway.name, scopes: limited.scopes.join(' ') };
  history.add({ what: 'gateway_changed', by, ...whose, values: { ...values, ...writtenLimit(limited) } });
  return limited;
}

/** As history keeps it: `*` for no limit, else what it is limited to, the first of many, with how many these are. */
function writtenLimit({ resources }: GatewayRecord): Record<string, string | number> {
  if (resources === undefined) return { resources: '*' };
  const written = { resources: resources.slice(0, MOST_WRITTEN).join(' ') };
  return resources.length > MOST_WRITTEN ? { ...written, count: resources.length } : written;
}

/** More names than this are not read. */
const MOST_WRITTEN = 20;

import type { AttemptLimiter } from '../api/attempt-limiter.ts';
import { empty, malformed } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Route } from '../http/router.ts';
import type { ProtectionParts } from './resources.ts';

const MOST_IDS = 10_000;
/** So many ids of this server's own, of devices and of resources. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_ID = 200;

/**
 * `PUT /in-flows`: a gateway says which of its devices and resources are in its flows, all of them, after each deploy. What
 * it does not name is shown to its owner as no longer in a flow; nothing else comes of it.
 */
export function inFlowRoutes({ model, presented, limiter }: ProtectionParts & { limiter: AttemptLimiter }): Route[] {
  return [
    {
      method: 'PUT',
      path: '/in-flows',
      // A large home has more than fits into what anybody may send.
      mostBytes: (request) => (presented.bringsGatewayToken(request) ? MOST_BYTES : undefined),
      async handle(request) {
        const { client } = presented.protection(request);
        limiter.count(client.clientId);
        const { devices, resources } = asObject(await request.json());
        const there = { devices: idsIn('devices', devices), resources: idsIn('resources', resources) };
        await model.transaction(() => model.gateways.inFlows(client.clientId, there));
        return empty(204);
      },
    },
  ];
}

function idsIn(name: string, value: unknown): string[] {
  const isId = (id: unknown): id is string => typeof id === 'string' && id !== '' && id.length <= LONGEST_ID;
  if (Array.isArray(value) && value.length <= MOST_IDS && value.every(isId)) return value;
  throw malformed(`${name} is a list of ids`);
}

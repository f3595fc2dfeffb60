import type { Target } from '../../sharing/ending.ts';
import { json, malformed } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Route } from '../http/router.ts';
import type { EndOrder } from '../model/ends.ts';
import { acknowledgementWaitMs } from '../provider/token-looks.ts';
import type { ProtectionParts } from './resources.ts';

/**
 * `POST /ends`: a gateway ends what its protection token reaches. Answers once the other gateways know, or after a
 * second, and names who does not; the same order again is answered the same and ends nothing more.
 */
export function endRoutes({ model, presented }: ProtectionParts): Route[] {
  return [
    {
      method: 'POST',
      path: '/ends',
      async handle(request) {
        const { client } = presented.protection(request);
        const order = readOrder(asObject(await request.json()));
        const { at, ended, events } = await model.transaction(() => model.ends.perform(order, client.clientId));
        const heard = await model.events.acknowledged(events, acknowledgementWaitMs, client.clientId);
        return json(200, { at, ended, ...heard });
      },
    },
  ];
}

const kinds = ['end', 'quarantine', 'retire', 'used'] as const;

function readOrder(body: Record<string, unknown>): EndOrder {
  const kind = kinds.find((one) => one === (body.kind ?? 'end'));
  if (kind === undefined) throw malformed('kind is end, quarantine, retire or used');
  const target = readTarget(asObject(body.target));
  if (kind === 'used' && !('share' in target)) throw malformed('only a share is used up');
  return { id: identifier('id', body.id), target, kind };
}

/** Exactly one kind of target: one more may have been meant to narrow it. */
function readTarget(target: Record<string, unknown>): Target {
  const [name, ...others] = Object.keys(target);
  if (name === undefined || others.length > 0) throw malformed('target names one thing');
  if (name === 'pair') return { pair: readPair(asObject(target.pair)) };
  const id = identifier(name, target[name]);
  if (name === 'token') return { token: id };
  if (name === 'share') return { share: id };
  if (name === 'device') return { device: id };
  if (name === 'resource') return { resource: id };
  if (name === 'everything') return { everything: id };
  throw malformed('target is token, share, device, resource, pair or everything');
}

function readPair({ device, resource, scopes }: Record<string, unknown>) {
  if (!Array.isArray(scopes) || scopes.length === 0 || scopes.length > 100) throw malformed('pair names its scopes');
  return {
    device: identifier('device', device),
    resource: identifier('resource', resource),
    scopes: scopes.map((scope) => identifier('scope', scope)),
  };
}

function identifier(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value;
  throw malformed(`${name.slice(0, 40)} must be a text of at most 200 characters`);
}

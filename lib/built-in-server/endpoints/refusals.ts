import { isRefusalReason } from '../../sharing/refusal.ts';
import type { AttemptLimiter } from '../api/attempt-limiter.ts';
import { empty, malformed } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Route } from '../http/router.ts';
import type { RefusalsTold } from '../model/refusals.ts';
import type { ProtectionParts } from './resources.ts';

const MOST_AT_ONCE = 100;
const MOST_COUNTED = 1_000_000_000;
const LONGEST_ID = 200;

/**
 * `POST /refusals`: a gateway tells what it did not let through at its resources, and why, summed up. Shown to its owner in
 * the history; nothing else comes of it.
 */
export function refusalRoutes({ model, presented, limiter }: ProtectionParts & { limiter: AttemptLimiter }): Route[] {
  return [
    {
      method: 'POST',
      path: '/refusals',
      async handle(request) {
        const { client, gateway, owner } = presented.protection(request);
        limiter.count(client.clientId);
        const told = readReport(asObject(await request.json()));
        await model.transaction(() => model.refusals.note({ ...gateway, owner }, told));
        return empty(204);
      },
    },
  ];
}

function readReport({ refusals, others }: Record<string, unknown>): RefusalsTold[] {
  if (!Array.isArray(refusals) || refusals.length > MOST_AT_ONCE)
    throw malformed('refusals is a list of at most a hundred');
  const told = refusals.map((one) => readRefusals(asObject(one)));
  return others === undefined ? told : [...told, readTally(asObject(others))];
}

function readRefusals(one: Record<string, unknown>): RefusalsTold {
  const { resource, device, reason } = one;
  if (!isId(resource) || (device !== undefined && !isId(device))) throw malformed('resource and device are ids');
  if (!isRefusalReason(reason)) throw malformed('reason is none that this server knows');
  return { ...readTally(one), resource, reason, ...(device === undefined ? {} : { device }) };
}

function readTally({ count, first, last }: Record<string, unknown>): Pick<RefusalsTold, 'count' | 'first' | 'last'> {
  if (!isCount(count) || count === 0 || count > MOST_COUNTED) throw malformed('count is a whole number');
  if (!isCount(first) || !isCount(last)) throw malformed('first and last are seconds since 1970');
  return { count, first, last };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_ID;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

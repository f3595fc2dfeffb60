/** `/api/history`, with what gateways did not let through, and `/api/receipts`. */

import { REFUSAL_REASONS, type RefusalReason, refusalSentences } from '../../sharing/refusal.ts';
import { type Say, sayIn } from '../../sharing/say.ts';
import { json } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { HistoryRecord, RefusalRecord } from '../model/records.ts';
import { numberKey } from '../model/tables.ts';
import type { OwnerRoute } from './owner-route.ts';
import { type PageAsked, pageAsked, pageOf } from './page.ts';
import { shownReceipt } from './shown.ts';

/** One line of what is read together, and where it stands there. */
type Line = { place: string } & ({ line: HistoryRecord } | { refusal: RefusalRecord });

export function lookingBackRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/history', 'shares:read', ({ owner }, request) => {
      const say = sayIn(request.language);
      const read = (range: PageAsked) => linesOf(model, owner, range);
      const page = pageOf(
        pageAsked(request),
        read,
        ({ place }) => place,
        (line) => shownLine(model, line, say),
      );
      return json(200, page);
    }),
    route('GET', '/api/receipts', 'shares:read', ({ owner }, request) => {
      const read = (range: PageAsked) => model.ends.receipts(owner, range);
      const page = pageOf(pageAsked(request), read, ({ number }) => numberKey(number), shownReceipt);
      return json(200, page);
    }),
  ];
}

/** Newest first. Both are kept under keys that sort as they came. */
function linesOf(model: Model, owner: string, range: PageAsked): Line[] {
  const lines = model.history.list(owner, range).map((line): Line => ({ place: numberKey(line.number), line }));
  const refusals = model.refusals.list(owner, range).map((refusal): Line => ({ place: refusal.place, refusal }));
  const together = [...lines, ...refusals].sort((one, other) => (one.place < other.place ? 1 : -1));
  return together.slice(0, range.limit);
}

function shownLine(model: Model, line: Line, say: Say): object {
  if ('refusal' in line) return shownRefusal(model, line.refusal, say);
  const { owner: _, ...rest } = line.line;
  return rest;
}

function shownRefusal(model: Model, refusal: RefusalRecord, say: Say): object {
  const { id, gateway, resource, device, count, first, last } = refusal;
  const { reason, otherReasons } = mostOften(refusal);
  const gone = () => say({ key: 'refusal.gone' });
  const sentences = refusalSentences({
    ...{ count, otherReasons },
    ...(reason !== undefined && { reason }),
    ...(device !== undefined && { deviceName: deviceName(model, refusal) ?? gone() }),
    ...(resource !== undefined && { resourceName: model.resources.get(resource)?.name ?? gone() }),
  });
  return {
    ...{ id, at: last, what: 'refused', by: { kind: 'gateway', gateway } },
    ...(device !== undefined && { device }),
    ...(resource !== undefined && { resource }),
    ...(reason !== undefined && { why: reason }),
    values: { count, first, ...(otherReasons > 0 && { otherReasons }) },
    sentence: sentences.map(say).join(' '),
  };
}

/** Of several reasons the one that there was most often, and how often it was another. */
function mostOften({ count, reason, reasons }: RefusalRecord): { reason?: RefusalReason; otherReasons: number } {
  if (reasons === undefined) return { ...(reason && { reason }), otherReasons: 0 };
  const timesOf = (one: RefusalReason) => reasons[one] ?? 0;
  const most = REFUSAL_REASONS.reduce((one, other) => (timesOf(other) > timesOf(one) ? other : one));
  return { reason: most, otherReasons: count - timesOf(most) };
}

/** It may have gone to somebody else since. */
function deviceName(model: Model, { device = '', owner }: RefusalRecord): string | undefined {
  const known = model.devices.get(device);
  return known?.owner === owner ? known.name : undefined;
}

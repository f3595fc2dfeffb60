import type { Page } from '../../sharing/share.ts';
import { malformed } from '../http/answer.ts';
import type { Request } from '../http/request.ts';

const USUAL = 100;
const MOST = 500;

/** Which part of a list is asked for: `?limit=` (100, at most 500) and `?after=` (an earlier answer's `next`). */
export interface PageAsked {
  limit: number;
  after?: string;
}

export function pageAsked({ query }: Request): PageAsked {
  const limit = query.has('limit') ? Number(query.get('limit')) : USUAL;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw malformed('limit is a whole number from 1 to 500');
  const after = query.get('after');
  if (after !== null && after.length > 200) throw malformed('after is what an earlier answer called next');
  return after === null ? { limit } : { limit, after };
}

/** Asks the table for one more than fits, to learn whether there is a next part. */
export function pageOf<T, Shown>(
  asked: PageAsked,
  read: (range: PageAsked) => T[],
  keyOf: (row: T) => string,
  show: (row: T) => Shown,
): Page<Shown> {
  const rows = read({ ...asked, limit: asked.limit + 1 });
  const shown = rows.slice(0, asked.limit);
  const last = shown.at(-1);
  const items = shown.map(show);
  return rows.length > asked.limit && last !== undefined ? { items, next: keyOf(last) } : { items };
}

import type { Page } from '../../lib/sharing/share.ts';
import type { Answer, Api } from './api.ts';

/** In one answer. */
export const MOST_AT_ONCE = 500;
/** Twenty parts of 500: as much as an owner may have. */
const MOST_PARTS = 20;

/** A whole list of the owner API, part by part. */
export async function everyPage<T>(api: Pick<Api, 'get'>, path: string): Promise<Answer<T[]>> {
  const items: T[] = [];
  let next: string | undefined;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const answer = await api.get<Page<T>>(partOf(path, MOST_AT_ONCE, next));
    if (!answer.ok) return answer;
    items.push(...answer.value.items);
    next = answer.value.next;
    if (next === undefined) break;
  }
  return { ok: true, value: items };
}

/** The address of one part; `after` is an earlier answer's `next`. */
export function partOf(path: string, limit: number, after?: string): string {
  const rest = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
  return `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${rest}`;
}

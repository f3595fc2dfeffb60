import type { Topic } from '../shelf/topics.ts';
import type { News } from './live.ts';

const known: readonly Topic[] = ['requests', 'devices', 'shares', 'resources', 'gateways', 'people', 'sessions'];

/** Which lists are to be read anew. What the home's overview counts may change with each; `undefined` stands for all. */
export function changedTopics(news: News): Topic[] | undefined {
  if (news === 'all') return undefined;
  const changed = known.filter((topic) => news.includes(topic));
  return [...changed, ...(news.includes('devices') ? (['newcomers'] as const) : []), 'home'];
}

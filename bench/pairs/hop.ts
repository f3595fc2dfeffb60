import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Row } from '../row.ts';
import type { Compared } from '../side-by-side.ts';
import { spreadOf } from '../spread.ts';

const program = join(import.meta.dirname, 'hop-process.js');

/** A decision on a token without a key, its token known already, against the way from one *change* node to the next. */
export async function decisionWithoutProof(): Promise<Row> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'close');
  const failed = ended.then(() => Promise.reject(new Error('the Node-RED with the row of nodes ended')));
  const [{ speeds, oneMs, otherMs }] = (await Promise.race([once(child, 'message'), failed])) as [Compared];
  await ended;
  return {
    ...{ what: 'cached decision without proof / one native hop (time)', unit: 'times', bound: { atMost: 1 } },
    figures: spreadOf(speeds.map((speed) => 1 / speed)),
    seen: `${(oneMs * 1000).toFixed(1)} µs / ${(otherMs * 1000).toFixed(1)} µs`,
  };
}

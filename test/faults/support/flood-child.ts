/** The flood as a process of its own, so that it does not take the time of those who measure. Prints when it begins, and what came of it. */
import { flood } from './flood.ts';

const [url = '', perSecond, seconds, from = ''] = process.argv.slice(2);
process.stdout.write('begun\n');
flood(url, { perSecond: Number(perSecond), seconds: Number(seconds), from: from.split(',') }).then(
  (done) => process.stdout.write(`${JSON.stringify(done)}\n`),
  (fault: unknown) => console.error(fault),
);

/** `npm run bench`: one table of ratios, each pair measured side by side. See README.md in this folder. */
import { decisionWithProof } from './pairs/decision.ts';
import { grantRows } from './pairs/grants.ts';
import { decisionWithoutProof } from './pairs/hop.ts';
import { idleRows } from './pairs/idle.ts';
import { messageRows, openMessages } from './pairs/messages.ts';
import { packageRow } from './pairs/package-size.ts';
import { shareRows } from './pairs/shares.ts';
import { isReached, type Row } from './row.ts';
import { table } from './table.ts';

function saying(startedMs: number) {
  return async <T>(what: string, work: () => Promise<T> | T): Promise<T> => {
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${what}\n`);
    return work();
  };
}

/** In an order in which the Node-RED of the messages rests while others are measured. */
async function measure(): Promise<Row[]> {
  const step = saying(performance.now());
  const messages = await step('a Node-RED for messages', openMessages);
  try {
    const size = await step('the package', packageRow);
    const decisions = [
      await step('decisions with proof', decisionWithProof),
      await step('decisions without proof', decisionWithoutProof),
    ];
    const half = await step('messages 1 to 50,000', messages.half);
    const grants = await step('grants', grantRows);
    const heap = await step('the heap', messages.restingHeapMb);
    const otherHalf = await step('messages 50,001 to 100,000', messages.half);
    const shares = await step('shares', shareRows);
    const idle = await step('idle Node-REDs', idleRows);
    const otherHeap = await step('the heap again', messages.restingHeapMb);
    return [
      ...decisions,
      ...messageRows([half, otherHalf], [heap, otherHeap]),
      ...[...grants, ...shares, ...idle],
      size,
    ];
  } finally {
    await messages.close();
  }
}

async function main(): Promise<void> {
  const rows = await measure();
  console.log(table(rows));
  const missed = rows.filter((row) => !isReached(row));
  console.log(`\n${rows.length - missed.length} of ${rows.length} bounds reached.`);
  if (process.argv.includes('--strict') && missed.length > 0) process.exitCode = 1;
}

main().catch((fault: unknown) => {
  console.error(fault);
  process.exitCode = 1;
});

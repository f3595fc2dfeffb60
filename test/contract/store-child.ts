/** A process that opens a store and does one thing with it: `store-child <task> <dir> <keyDir>`. */
import { openStore } from '../../lib/store/open-store.ts';

const [task, dir = '', keyDir = ''] = process.argv.slice(2);
const numbers = { name: 'numbers', version: 1, read: (stored: unknown) => Number(stored) };

/** Prints each key once its write is acknowledged, until somebody kills the process. */
async function write(): Promise<never> {
  const store = await openStore({ dir, keyDir, env: {} });
  const table = store.table(numbers);
  for (let n = 0; ; n++) {
    const key = String(n).padStart(8, '0');
    if (n % 2 === 0) table.put(key, n);
    else await store.transaction(() => table.put(key, n));
    process.stdout.write(`${key}\n`);
    if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function hold(): Promise<void> {
  const store = await openStore({ dir, keyDir, env: {} }).catch(() => process.exit(3));
  process.stdout.write('open\n');
  process.stdin.once('end', () => void store.close()).resume();
}

/** Ends with the store still open, as Node-RED does. */
async function exit(): Promise<never> {
  const store = await openStore({ dir, keyDir, env: {} });
  store.table(numbers).put('last', 1);
  process.exit(0);
}

async function report(): Promise<void> {
  const said = await openStore({ dir, keyDir, env: {} }).then(
    (store) => store.close().then(() => 'opened'),
    (error) => `${error.code} ${error.hint?.values?.pid ?? ''}`.trim(),
  );
  process.stdout.write(`${said}\n`);
}

await { write, hold, exit, report }[task as 'write' | 'hold' | 'exit' | 'report']();

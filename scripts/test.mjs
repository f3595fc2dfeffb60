// Runs the test tiers, each in a process of its own, and ends with `N passed, N failed`.
// Unit tests run under c8: the branches of the rooms that decide are covered to 95 %.
// `node scripts/test.mjs flows package` runs only those tiers; `--long` runs `faults` in its long form. `real`, which needs
// more than npm has, runs only where it is named, or behind all others with `--and-real`; what it does not find is left out,
// and how much that was stands at the end. Where there are two processors, two tiers go side by side.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const tiers = ['unit', 'contract', 'nodes', 'flows', 'faults', 'package'];
const timeouts = {
  unit: 20_000,
  contract: 60_000,
  nodes: 60_000,
  flows: 180_000,
  faults: 180_000,
  package: 400_000,
  real: 180_000,
};
const covered = ['uma', 'proof', 'decision', 'revocation'];
const isLong = process.argv.includes('--long');
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const standard = process.argv.includes('--and-real') ? [...tiers, 'real'] : tiers;
const chosen = named.length > 0 ? named : isLong ? ['faults'] : standard;
if (isLong) timeouts.faults = 3_600_000;
const counts = mkdtempSync(join(tmpdir(), 'uma-test-'));
let [passed, failed] = [0, 0];
const leftOut = [];

const hasTests = (tier) =>
  existsSync(join('test', tier)) &&
  readdirSync(join('test', tier), { recursive: true }).some((name) => String(name).endsWith('.test.ts'));

function command(tier) {
  const mocha = [
    'node_modules/mocha/bin/mocha.js',
    '--import=tsx/esm',
    '--reporter=test/support/counting-reporter.cjs',
    `--timeout=${timeouts[tier]}`,
    '--exit=false',
    `test/${tier}/**/*.test.ts`,
  ];
  if (tier !== 'unit') return mocha;
  const report = [
    '--reporter=text-summary',
    '--check-coverage',
    '--branches=95',
    '--lines=0',
    '--functions=0',
    '--statements=0',
  ];
  return [
    'node_modules/c8/bin/c8.js',
    ...covered.flatMap((room) => ['--include', `lib/${room}/**`]),
    ...report,
    process.execPath,
    ...mocha,
  ];
}

function countsOf(file) {
  if (!existsSync(file)) return { passes: 0, failures: 1, pending: 0 };
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What waits for servers and browsers beside what computes. `faults` counts how much gets through, and goes alone. */
const lanes = [
  [
    ['unit', 'contract', 'nodes'],
    ['flows', 'package', 'real'],
  ],
  [['faults']],
];

/** A tier in which something hangs has to end all the same; the longest takes some ten minutes, `--long` half an hour. */
const mostMinutes = isLong ? 120 : 30;

const running = new Set();
const end = ({ pid }) => process.kill(-pid, 'SIGKILL');
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    running.forEach(end);
    process.exit(1);
  });

/** Runs one tier. @param aside - its report is kept until it has ended, because another one is being printed */
async function run(tier, aside) {
  const [file, report] = [join(counts, tier), join(counts, `${tier}.txt`)];
  if (!aside) console.log(`\n== ${tier}`);
  const output = aside ? openSync(report, 'w') : 'inherit';
  const child = spawn(process.execPath, command(tier), {
    stdio: ['ignore', output, output],
    // A group of its own, so that what it has started ends with it.
    detached: true,
    env: { ...process.env, UMA_TEST_COUNTS: file, NODE_ENV: 'test', ...(isLong && { UMA_FAULTS: 'long' }) },
  });
  running.add(child);
  const timer = setTimeout(() => end(child), mostMinutes * 60_000);
  const status = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  clearTimeout(timer);
  running.delete(child);
  if (aside) closeSync(output);
  return { tier, status, report: aside ? report : undefined, ...countsOf(file) };
}

async function runLane(names, aside) {
  const results = [];
  for (const tier of names) results.push(await run(tier, aside));
  return results;
}

function tell({ tier, status, report, passes, failures, pending }) {
  if (report) console.log(`\n== ${tier}\n${readFileSync(report, 'utf8')}`);
  if (pending > 0) leftOut.push(`${tier}: ${pending} not run, ${passes} run`);
  passed += passes;
  failed += failures;
  if (status === 0 || failures > 0) return;
  console.error(`${tier}: ended with ${status} although no test failed (coverage, or something kept running)`);
  failed += 1;
}

const inOrder = chosen.filter(hasTests);
const sideBySide = availableParallelism() > 1 && inOrder.length > 1;
for (const stage of sideBySide ? lanes : [[inOrder]]) {
  const some = stage.map((lane) => lane.filter((tier) => inOrder.includes(tier))).filter((lane) => lane.length > 0);
  const done = await Promise.all(some.map((lane, index) => runLane(lane, index > 0)));
  done.flat().forEach(tell);
}
rmSync(counts, { recursive: true, force: true });
if (leftOut.length > 0) console.log(`\nNot run, because what they need is not here:\n  ${leftOut.join('\n  ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

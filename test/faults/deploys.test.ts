/** Deploys of every kind while a household lives on: nobody is left without an answer, and nothing is left behind. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../flows/support/eventually.ts';
import { type FlowHome, flowHome } from '../flows/support/flow-home.ts';
import { installLeakProbe, type Leftovers, leftovers, openFiles } from '../flows/support/leak-probe.ts';
import { addressOf, type Call, keepCalling, patienceMs, startLoad } from '../flows/support/load.ts';
import { dishwasherPath, send } from '../flows/support/outside-device.ts';
import { nowNs } from '../flows/support/sent-log.ts';
import { type Seeded, seeded, shortOrLong } from '../support/seeded.ts';

const deploys = shortOrLong(6, 100);
/** What code that was just compiled, and buffers that come and go, may take. */
const mostHeapMb = shortOrLong(12, 15);
const changes = ['', 't-check', 't-check-runs', 't-revoke', 't-thermostat', 't-dishwasher', 't-in/dishwasher/start'];
const restMs = 2_000;
/** A socket that is kept open for the next call comes and goes by itself. */
const tolerance = 3;

describe('deploys under load', () => {
  let home: FlowHome;
  let addresses = 0;
  /** By its id: deploys change its name as well. */
  let dishwasher: string;
  before(async () => {
    home = await flowHome();
    installLeakProbe(home.userDir);
    await home.start();
    await home.ready();
    dishwasher = await home.resource('Dishwasher');
  });
  after(async () => {
    await home?.remove();
  });

  async function kept(): Promise<{ shares: string[]; devices: string[] }> {
    const session = await home.owner();
    const ids = async (path: string) =>
      (await session('GET', `${path}?limit=500`)).body.items.map((item: { id: string }) => item.id).sort();
    return { shares: await ids('/api/shares'), devices: await ids('/api/devices') };
  }

  type Kind = 'full' | 'flows' | 'nodes';
  async function deployed(kind: Kind, changed: string): Promise<void> {
    const flow = home.flow.map((node) => (node.id === changed ? { ...node, name: `changed ${nowNs()}` } : node));
    await home.deploy(kind, flow);
  }

  const countOf = ({ resources }: Leftovers): number => Object.values(resources).reduce((sum, count) => sum + count, 0);

  /** What is there once everything has come to rest: connections that are kept for the next call go by themselves. */
  async function atRest(): Promise<{ found: Leftovers; files: number | undefined }> {
    for (let before = Number.NaN; ; await setTimeout(restMs)) {
      const found = await leftovers(home.url);
      if (countOf(found) === before) return { found, files: openFiles(home.nodeRed.pid) };
      before = countOf(found);
    }
  }

  /** Deploys while devices and strangers call. @returns how each call was answered */
  async function deployedUnderLoad(kinds: readonly Kind[], choices: Seeded): Promise<Call[]> {
    const load = await startLoad(home, 3, 3);
    for (const [number, caller] of load.callers.entries()) {
      const share = await caller.device.share(dishwasher);
      addresses += 1;
      caller.use({ share, rpt: await caller.device.rpt(undefined, addressOf(50 + addresses + number)) });
    }
    const before = await kept();
    const strangers = keepCalling(home, () =>
      send(home.url + dishwasherPath, { from: addressOf(40), withinMs: patienceMs }),
    );
    const [watched] = load.callers;
    assert.ok(watched);
    for (const kind of kinds) {
      await deployed(kind, choices.pick(changes));
      const fromNs = nowNs();
      await watched.called(3, ({ startedNs, status }) => startedNs > fromNs && status === 200);
    }
    await load.stop();
    const calls = [...load.callers.flatMap(({ calls }) => calls), ...(await strangers.stop())];
    assert.deepEqual(await kept(), before, 'no share and no device is lost');
    return calls;
  }

  it(`${deploys} times: every caller is answered, no share is lost, no listener, timer, socket or file is left`, async () => {
    const choices = seeded('deploys');
    const kinds: Kind[] = ['full', 'flows', 'nodes'];
    // The first ones compile, and open what stays.
    await deployedUnderLoad(kinds, choices);
    const early = await atRest();
    const wanted = Array.from({ length: deploys }, () => choices.pick(kinds));
    const answers = await deployedUnderLoad(wanted, choices);
    // 404: core takes the address away and puts it back. 0: nobody listened at that moment.
    const expected = [0, 200, 401, 403, 404, 503];
    for (const { status, error, tookMs } of answers) {
      assert.ok(expected.includes(status) && error !== 'ABORT_ERR', `${status} ${error} after ${tookMs} ms`);
    }

    let last = await atRest();
    const isGone = async (): Promise<boolean> => {
      last = await atRest();
      const files = last.files === undefined || last.files <= (early.files ?? 0) + tolerance;
      return files && countOf(last.found) <= countOf(early.found) + tolerance;
    };
    await eventually('what the deploys opened should be closed', isGone).catch(() => {
      assert.fail(`before ${JSON.stringify(early)}\nafter ${JSON.stringify(last)}`);
    });
    assert.ok(last.found.listeners <= early.found.listeners + tolerance, JSON.stringify([early, last]));
    const grownMb = last.found.heapMb - early.found.heapMb;
    assert.ok(grownMb < mostHeapMb, `the heap has grown by ${grownMb} MB`);
    assert.deepEqual(
      home.lines.filter((line) => /MaxListenersExceededWarning|Uncaught|Unhandled/.test(line)),
      [],
    );
    console.log(
      `      ${answers.length} calls; heap ${early.found.heapMb.toFixed(1)} -> ${last.found.heapMb.toFixed(1)} MB, ` +
        `listeners ${early.found.listeners} -> ${last.found.listeners}, files ${early.files} -> ${last.files}, ` +
        `resources ${JSON.stringify(early.found.resources)} -> ${JSON.stringify(last.found.resources)}`,
    );
  });
});

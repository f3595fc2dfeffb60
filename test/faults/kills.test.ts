/** Killed as by a power cut, at any moment, while a whole household asks, uses, shares and revokes. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../flows/support/eventually.ts';
import { type FlowHome, openFlowHome, owner } from '../flows/support/flow-home.ts';
import { type ServerProcess, serverProcess } from '../flows/support/server-process.ts';
import { type Seeded, seeded, shortOrLong } from '../support/seeded.ts';
import { type Household, openHousehold, type WayToEnd } from './support/household.ts';
import { createLedger, type Ledger } from './support/ledger.ts';

const members = shortOrLong(10, 50);
const newcomers = shortOrLong(60, 600);

const happens = ['shared', 'accepted', 'refused', 'claimed', 'denied', 'ended: node', 'ended: owner'];

/** Every page of one of the owner's lists, in the one session that has been there from the beginning. */
async function everything(home: FlowHome, path: string): Promise<{ id: string }[]> {
  const session = await home.owner();
  const items: { id: string }[] = [];
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const { status, body } = await session('GET', `${path}?limit=500${after ? `&after=${after}` : ''}`);
    assert.equal(status, 200, JSON.stringify(body));
    items.push(...body.items);
    after = body.next;
  }
  return items;
}

const idsOf = async (home: FlowHome, path: string): Promise<Set<string>> =>
  new Set((await everything(home, path)).map(({ id }) => id));

const missing = (wanted: Iterable<string>, present: Set<string>): string[] =>
  [...wanted].filter((id) => !present.has(id));

describe('killed at random moments', () => {
  let home: FlowHome;
  let server: ServerProcess | undefined;
  let ledger: Ledger;
  let household: Household;
  let choices: Seeded;

  async function open(name: string, ways: readonly WayToEnd[], options: Parameters<typeof openFlowHome>[0] = {}) {
    choices = seeded(name);
    home = await openFlowHome(options);
    ledger = createLedger();
    household = await openHousehold({ home, ledger, choices, members, ways, newcomers });
    // Whatever is killed later, each kind of thing has happened before.
    const load = household.begin();
    for (const done of happens) {
      await eventually(`somebody should have: ${done}`, async () => (ledger.counts[done] ?? 0) > 0);
    }
    await load.stop();
  }

  afterEach(async () => {
    await home?.remove();
    await server?.remove();
    server = undefined;
  });

  /** A key is lost where its device cannot say any more who it is: `invalid_client` (RFC 6749 5.2). */
  async function keysWork(): Promise<void> {
    const tried = await Promise.all(household.members.map(({ device }) => device.client.rpt('no-such-ticket')));
    for (const { status, body } of tried) assert.notEqual(body.error, 'invalid_client', `${status}`);
    const { body } = await home.knock('/test/status');
    thumbprint ??= body.uma.keyThumbprint;
    assert.ok(thumbprint);
    assert.equal(body.uma.keyThumbprint, thumbprint, 'the gateway’s device has the key it had');
  }
  let thumbprint: string | undefined;

  async function nothingIsLost(): Promise<void> {
    assert.deepEqual(ledger.violations, []);
    const shares = await idsOf(home, '/api/shares');
    assert.deepEqual(missing(ledger.alive.keys(), shares), [], 'acknowledged grants');
    assert.deepEqual(
      [...ledger.withdrawn.keys()].filter((share) => shares.has(share)),
      [],
      'acknowledged withdrawals',
    );
    const devices = await idsOf(home, '/api/devices');
    assert.deepEqual(missing(ledger.claimed, devices), [], 'acknowledged claims');
    const requests = await idsOf(home, '/api/requests');
    assert.deepEqual(
      [...ledger.denied].filter((request) => requests.has(request)),
      [],
      'acknowledged denials',
    );
    await keysWork();
    assert.deepEqual(
      home.lines.filter((line) => /Uncaught|Unhandled|\bFATAL\b/.test(line)),
      [],
    );
  }

  /** The flow's word ends a share at the server too, in the outbox's own time. */
  async function theServerIsTold(): Promise<void> {
    await eventually('every share that was revoked by the flow should be over at the server', async () => {
      const shares = await idsOf(home, '/api/shares');
      return ![...ledger.refusedFromNs.keys()].some((share) => shares.has(share));
    });
  }

  async function somebodyPasses(): Promise<void> {
    const member = choices.pick(household.members);
    let why: unknown;
    const passes = () =>
      household.passes(member).then(
        () => true,
        (fault: unknown) => {
          why = fault;
          return false;
        },
      );
    await eventually('somebody who may should pass', passes).catch((cause: Error) => {
      throw new Error(`${cause.message}: ${why}`, { cause: why });
    });
  }

  function report(kills: number): void {
    console.log(`      ${kills} kills: ${JSON.stringify(ledger.counts)}`);
  }

  const kills = shortOrLong(3, 100);
  it(`Node-RED with its server, ${kills} times: no acknowledged grant, denial or key is lost`, async () => {
    thumbprint = undefined;
    await open('kills of Node-RED', ['node', 'owner', 'token']);
    for (let kill = 0; kill < kills; kill += 1) {
      const load = household.begin();
      await ledger.busy(choices.between(1, 3 * members), 3_000);
      await setTimeout(choices.below(20));
      await home.kill();
      await load.stop();
      await home.start();
      if (choices.below(3) === 0) {
        // And once more, while it is coming up.
        await setTimeout(choices.below(400));
        await home.kill();
        await home.start();
      }
      await home.ready();
      await nothingIsLost();
      await somebodyPasses();
    }
    await theServerIsTold();
    report(kills);
  });

  const serverKills = shortOrLong(2, 100);
  it(`a server that is a process of its own, ${serverKills} times: the same, and Node-RED goes on refusing`, async () => {
    thumbprint = undefined;
    const own = await serverProcess(owner);
    server = own;
    // RFC 7009 has no way to say which gateways have not heard yet.
    await open('kills of the server', ['node', 'owner'], { server: { url: own.issuer } });
    for (let kill = 0; kill < serverKills; kill += 1) {
      const load = household.begin();
      await ledger.busy(choices.between(1, 3 * members), 3_000);
      await setTimeout(choices.below(20));
      await own.kill();
      // They go on meanwhile: what the flow revokes now is told to the server later.
      await setTimeout(choices.below(600));
      await own.start();
      await load.stop();
      await theServerIsTold();
      await somebodyPasses();
      await nothingIsLost();
    }
    report(serverKills);
  });
});

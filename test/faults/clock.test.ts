/** A clock that is one hour wrong, either way, on the one computer of a home or on its server's: said, never believed. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { eventually } from '../flows/support/eventually.ts';
import { type FlowHome, openFlowHome, owner } from '../flows/support/flow-home.ts';
import { addressOf } from '../flows/support/load.ts';
import { outsideDevice } from '../flows/support/outside-device.ts';
import { type ServerProcess, serverProcess } from '../flows/support/server-process.ts';
import { shortOrLong } from '../support/seeded.ts';
import { type Permitted, permitting } from './support/permitted.ts';

const permitted = permitting();

const hourMs = 3_600_000;
const preload = join(import.meta.dirname, 'support', 'wrong-clock.cjs');

/** The environment of a process whose clock is wrong by so much. */
const wrongBy = (shiftMs: number): Record<string, string> => ({
  NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
  UMA_CLOCK_SHIFT_MS: String(shiftMs),
});

const reasonOf = async ({ device, rpt }: Permitted): Promise<string> => {
  const { status, body } = await device.call(rpt);
  return status === 200 ? 'accepted' : body.error;
};

/** Refused for nothing else, once whatever was still coming up is there; and never let through meanwhile. */
async function isRefused(permission: Permitted, reason: string): Promise<void> {
  await eventually(`it should be refused: ${reason}`, async () => {
    const said = await reasonOf(permission);
    assert.notEqual(said, 'accepted');
    return said === reason;
  });
}

const passesAgain = (permission: Permitted): Promise<void> =>
  eventually('it should pass again', async () => (await reasonOf(permission)) === 'accepted');

function neverCrashed({ lines }: { lines: string[] }): void {
  assert.deepEqual(
    lines.filter((line) => /Uncaught|Unhandled/.test(line)),
    [],
  );
}

describe('the clock of the home’s one computer is one hour wrong', () => {
  let home: FlowHome;
  afterEach(async () => {
    await home?.remove();
  });

  async function startedAnew(shiftMs: number): Promise<void> {
    await home.kill();
    await home.start(wrongBy(shiftMs));
    await home.ready();
  }

  it('late: clock_wrong until it is right again; what is revoked meanwhile stays revoked', async () => {
    home = await openFlowHome();
    const [steady, ended, other] = [
      await permitted(home, 'Steady'),
      await permitted(home, 'Ended'),
      await permitted(home, 'Other'),
    ];
    await startedAnew(-hourMs);
    for (const one of [steady, ended]) await isRefused(one, 'clock_wrong');
    const { status, body } = await home.knock('/test/revoke', { share: ended.share });
    assert.deepEqual([status, body.payload.unconfirmed], [200, []]);

    await startedAnew(0);
    await passesAgain(steady);
    await isRefused(ended, 'revoked');
    // Writing another denial drops those that are over: this one is not.
    await home.knock('/test/revoke', { share: other.share });
    await isRefused(ended, 'revoked');
    neverCrashed(home);
  });

  it('early, and then right again: what ended meanwhile is not revived, clock_wrong', async () => {
    home = await openFlowHome();
    const steady = await permitted(home, 'Steady');
    const soon = await outsideDevice(home, 'Until soon');
    const until = Math.floor(Date.now() / 1000) + 1_800;
    const share = await soon.share(undefined, { until });
    const limited = { device: soon, share, rpt: await soon.rpt(undefined, addressOf(200)) };
    assert.equal(await reasonOf(limited), 'accepted');

    await startedAnew(hourMs);
    for (const one of [steady, limited]) await isRefused(one, 'expired');
    await home.knock('/test/share');
    assert.equal((await home.knock('/test/call')).body.statusCode, 200, 'who has the same clock goes on');

    await startedAnew(0);
    for (const one of [steady, limited]) await isRefused(one, 'clock_wrong');
    const asked = await home.knock('/test/call');
    assert.equal(asked.status, 200);
    assert.notEqual(asked.body.statusCode, 200);
    neverCrashed(home);
  });
});

describe('the server’s clock is one hour wrong, and the gateway’s is right', () => {
  let home: FlowHome;
  let server: ServerProcess;
  before(async () => {
    server = await serverProcess(owner);
    home = await openFlowHome({ server: { url: server.issuer } });
  });
  after(async () => {
    await home?.remove();
    await server?.remove();
  });

  for (const [which, shiftMs] of Object.entries(shortOrLong({ early: hourMs }, { early: hourMs, late: -hourMs }))) {
    it(`${which}: what was permitted goes on, what is revoked stays refused, and the gateway is still known`, async () => {
      const [steady, ended] = [await permitted(home, `Steady, ${which}`), await permitted(home, `Ended, ${which}`)];
      await server.kill();
      await server.start(wrongBy(shiftMs));
      assert.equal(await reasonOf(steady), 'accepted');
      const { status, body } = await home.knock('/test/revoke', { share: ended.share });
      assert.deepEqual([status, body.payload.target], [200, { share: ended.share }]);
      await isRefused(ended, 'revoked');
      const asked = await home.knock('/test/call');
      assert.deepEqual([asked.status, asked.body.statusCode === 200], [200, false], JSON.stringify(asked.body));

      await server.kill();
      await server.start();
      await isRefused(ended, 'revoked');
      await passesAgain(steady);
      await eventually('tickets should be given again', () =>
        permitted(home, `New, ${which}`).then(
          () => true,
          () => false,
        ),
      );
      const gateways = (await (await home.owner())('GET', '/api/gateways')).body.items;
      assert.equal(gateways.length, 1, 'it has not registered anew');
      neverCrashed(home);
      neverCrashed(server);
    });
  }
});

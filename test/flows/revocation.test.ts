/** After a revocation has been answered, nothing of it is accepted: under load, after a deploy, and after a power cut. */
import assert from 'node:assert/strict';
import { openEditorLine } from '../../demo/editor-line.ts';
import { eventually } from './support/eventually.ts';
import { type FlowHome, openFlowHome, owner, signIn } from './support/flow-home.ts';
import { addressOf, type Caller, keepCalling, type Load, patienceMs, startLoad } from './support/load.ts';
import { type Answer, dishwasherPath, type OutsideDevice, outsideDevice, send } from './support/outside-device.ts';
import { nowNs, passes, readSentLog } from './support/sent-log.ts';
import { type ServerProcess, serverProcess } from './support/server-process.ts';

type Ways = Record<string, (device: OutsideDevice, held: { share: string; rpt: string }) => Promise<void>>;

/** Every way to end a share; each resolves when its answer has been heard. */
function waysToEnd(home: FlowHome): Ways {
  return {
    async 'the node revoke'(_device, { share }) {
      const { body } = await home.knock('/test/revoke', { share });
      assert.equal(body.payload.target.share, share);
    },
    async 'DELETE /api/shares'(_device, { share }) {
      const { status, body } = await (await home.owner())('DELETE', `/api/shares/${share}`);
      assert.deepEqual([status, body.unconfirmed], [200, []]);
    },
    async 'RFC 7009'({ client }, { rpt }) {
      const { status } = await client.authenticated('/token/revocation', { token: rpt });
      assert.equal(status, 200);
    },
  };
}

describe('the promise of revoke, under load', () => {
  const trialsWanted = 1_000;
  const trialsEach = 20;
  let home: FlowHome;
  let load: Load;
  let addresses = 100;

  before(async () => {
    home = await openFlowHome();
    load = await startLoad(home, 4, 3);
  });
  after(async () => {
    await load?.stop();
    await home?.remove();
  });

  async function allowed(caller: Caller): Promise<{ share: string; rpt: string }> {
    const share = await caller.device.share();
    addresses += 1;
    const held = { share, rpt: await caller.device.rpt(undefined, addressOf(addresses)) };
    const fromNs = nowNs();
    caller.use(held);
    await caller.called(3, (call) => call.startedNs > fromNs && call.status === 200);
    return held;
  }

  /** @returns how many calls were begun after the answer, none of which was let through */
  async function endAndTry(caller: Caller, end: Ways[string]): Promise<number> {
    const held = await allowed(caller);
    await end(caller.device, held);
    const answeredNs = nowNs();
    const isTrial = (call: Caller['calls'][number]) => call.share === held.share && call.startedNs > answeredNs;
    await caller.called(trialsEach, isTrial);
    const trials = caller.calls.filter(isTrial);
    for (const { status, error } of trials) assert.ok(status === 401 || status === 403, `${status} ${error}`);
    assert.deepEqual([...new Set(trials.map(({ error }) => error))], ['revoked']);
    const late = passes(await readSentLog(home.url), held.share).filter(({ atNs }) => atNs > answeredNs);
    assert.deepEqual(late, [], 'and none that was under way was let through after the answer');
    return trials.length;
  }

  it('lets nothing through in 1,000 trials, whichever way the share was ended', async () => {
    const [steady, ...victims] = load.callers;
    assert.ok(steady);
    await allowed(steady);
    const ways = Object.values(waysToEnd(home));
    let trials = 0;
    for (let round = 0; trials < trialsWanted; round += 1) {
      const tried = victims.map((victim, index) =>
        endAndTry(victim, ways[(round + index) % ways.length] ?? assert.fail()),
      );
      for (const count of await Promise.all(tried)) trials += count;
    }
    assert.deepEqual([...new Set(steady.calls.map(({ status }) => status))], [200], 'who may, may all the while');
  });
});

let freshAddress = 300;

/** A device that may start the dishwasher, and has done so. */
async function permitted(home: FlowHome, name: string): Promise<{ device: OutsideDevice; share: string; rpt: string }> {
  const device = await outsideDevice(home, name);
  const share = await device.share();
  // Tickets are limited for each address, and every refusal in these tests takes one.
  freshAddress += 1;
  const rpt = await device.rpt(undefined, addressOf(freshAddress));
  assert.equal((await device.call(rpt)).status, 200);
  return { device, share, rpt };
}

/** What the owner sees of shares and devices. */
async function kept(home: FlowHome): Promise<{ shares: string[]; devices: string[] }> {
  const session = await home.owner();
  const ids = async (path: string) =>
    (await session('GET', path)).body.items.map((item: { id: string }) => item.id).sort();
  return { shares: await ids('/api/shares'), devices: await ids('/api/devices') };
}

const passesAgain = (device: OutsideDevice, rpt: string): Promise<void> =>
  eventually('it should pass again', async () => (await device.call(rpt)).status === 200);

function isRevoked({ status, body }: Answer): void {
  assert.deepEqual([status, body.error], [401, 'revoked']);
}

describe('a revocation, a deploy and a power cut', () => {
  let home: FlowHome;

  before(async () => {
    home = await openFlowHome();
  });
  after(async () => {
    await home?.remove();
  });

  async function powerCut(): Promise<void> {
    await home.kill();
    await home.start();
    await home.ready();
  }

  it('holds after a full deploy', async () => {
    const { device, share, rpt } = await permitted(home, 'Radio');
    await home.knock('/test/revoke', { share });
    await home.deploy('full');
    isRevoked(await device.call(rpt));
  });

  it('a proof that was used before a deploy does not work after it', async () => {
    const { device, rpt } = await permitted(home, 'Lamp');
    const headers = await device.headers(rpt);
    assert.equal((await send(home.url + dishwasherPath, { headers })).status, 200);
    await home.deploy('full');
    const replayed = await send(home.url + dishwasherPath, { headers });
    assert.deepEqual([replayed.status, replayed.body.error], [401, 'proof_replayed']);
    // Another name for the gateway: it is closed, and opened anew.
    await home.deploy(
      'full',
      home.flow.map((node) => (node.type === 'uma-authorization-server' ? { ...node, name: 'Other' } : node)),
    );
    const again = await send(home.url + dishwasherPath, { headers });
    assert.notEqual(again.status, 200);
    await home.deploy('full');
    await passesAgain(device, rpt);
  });

  it('every caller gets an answer while flows are deployed, and nothing is lost', async () => {
    const load = await startLoad(home, 3, 6);
    for (const [number, caller] of load.callers.entries()) {
      const share = await caller.device.share();
      caller.use({ share, rpt: await caller.device.rpt(undefined, addressOf(50 + number)) });
    }
    const before = await kept(home);
    const strangers = keepCalling(home, () =>
      send(home.url + dishwasherPath, { from: addressOf(60), withinMs: patienceMs }),
    );
    const [watched] = load.callers;
    assert.ok(watched);
    const deploys = [
      ['full', ''],
      ['nodes', 't-check'],
      ['nodes', 't-check-runs'],
      ['flows', 't-check'],
      ['full', ''],
    ] as const;
    for (const [type, changed] of deploys) {
      const flow = home.flow.map((node) => (node.id === changed ? { ...node, name: `changed ${nowNs()}` } : node));
      await home.deploy(type, flow);
      const fromNs = nowNs();
      await watched.called(20, ({ startedNs, status }) => startedNs > fromNs && status === 200);
    }
    await load.stop();
    const answers = [...load.callers.flatMap(({ calls }) => calls), ...(await strangers.stop())];
    // 404: core takes the address away and puts it back. 0: nobody listened at that moment.
    const expected = [0, 200, 401, 403, 404, 503];
    for (const { status, error, tookMs } of answers) {
      assert.ok(expected.includes(status) && error !== 'ABORT_ERR', `${status} ${error} after ${tookMs} ms`);
    }
    assert.deepEqual(await kept(home), before);
  });

  it('a proof captured before a restart does not pass after it', async () => {
    const { device, rpt } = await permitted(home, 'Kettle');
    const withNonce = await device.headers(rpt);
    const withoutNonce = await device.headers(rpt, { nonce: undefined });
    await powerCut();
    for (const headers of [withNonce, withoutNonce]) {
      const answer = await send(home.url + dishwasherPath, { headers });
      assert.deepEqual([answer.status, answer.body.error], [401, 'use_dpop_nonce']);
      assert.match(answer.headers['www-authenticate'] ?? '', /^DPoP error="use_dpop_nonce"/);
    }
    await passesAgain(device, rpt);
  });

  it('holds after kill -9 right behind the answer, and from the first moment on', async () => {
    const ways = waysToEnd(home);
    for (const [way, end] of Object.entries(ways)) {
      const held = await permitted(home, `Killed after ${way}`);
      await end(held.device, held);
      await home.kill();
      const early = keepCalling(home, () => held.device.call(held.rpt, {}, { withinMs: patienceMs }));
      await home.start();
      await home.ready();
      for (const { status } of await early.stop()) assert.notEqual(status, 200, way);
      isRevoked(await held.device.call(held.rpt));
      const { shares } = await kept(home);
      assert.equal(shares.includes(held.share), way === 'RFC 7009', way);
    }
  });
});

describe('a revocation while the server is away', () => {
  let server: ServerProcess;
  let home: FlowHome;

  before(async () => {
    server = await serverProcess(owner);
    home = await openFlowHome({ server: { url: server.issuer } });
  });
  after(async () => {
    server?.goOn();
    await home?.remove();
    await server?.remove();
  });

  /** Revokes, and tries to get through. @returns the receipt, which could not be confirmed */
  async function revokedAlone({ device, share, rpt }: Awaited<ReturnType<typeof permitted>>): Promise<{ id: string }> {
    const { body } = await home.knock('/test/revoke', { share });
    assert.deepEqual(body.payload.unconfirmed, ['server']);
    assert.deepEqual(body.payload.target, { share });
    const answeredNs = nowNs();
    const tries = Array.from({ length: 20 }, () => device.call(rpt, {}, { withinMs: patienceMs }));
    for (const { status, body } of await Promise.all(tries)) {
      // G 3.2.2: no ticket can be had.
      assert.deepEqual([status, body.error], [403, 'revoked']);
    }
    const late = passes(await readSentLog(home.url), share).filter(({ atNs }) => atNs > answeredNs);
    assert.deepEqual(late, []);
    return body.payload;
  }

  async function isGoneAtTheServer(share: string): Promise<void> {
    // A server that was started anew knows the session still; it is only looked up again.
    const session = await signIn(home.issuer);
    await eventually('the share should end at the server', async () => {
      const { body } = await session('GET', '/api/shares');
      return !body.items.some(({ id }: { id: string }) => id === share);
    });
  }

  const absences: Record<string, { leave(): void | Promise<void>; comeBack(): void | Promise<void> }> = {
    hangs: { leave: () => server.hang(), comeBack: () => server.goOn() },
    'is killed': { leave: () => server.kill(), comeBack: () => server.start() },
  };
  for (const [how, { leave, comeBack }] of Object.entries(absences)) {
    it(`takes effect at once where the server ${how}, and is confirmed under the same receipt when it is back`, async () => {
      const held = await permitted(home, `Away: ${how}`);
      await leave();
      const line = await openEditorLine(home.url);
      const receipt = await revokedAlone(held);
      const confirmed = line.heard('t-later', (value) => (value as { id: string }).id === receipt.id);
      await comeBack();
      const { value } = await confirmed;
      line.close();
      assert.deepEqual((value as { unconfirmed: string[] }).unconfirmed, []);
      await isGoneAtTheServer(held.share);
      isRevoked(await held.device.call(held.rpt));
    });
  }

  it('holds where Node-RED is killed before the server has confirmed, and reaches the server after all', async () => {
    const held = await permitted(home, 'Killed alone');
    // Killed and not only hung: what is sent to a server that hangs reaches it later.
    await server.kill();
    await revokedAlone(held);
    await home.kill();
    await home.start();
    const early = keepCalling(home, () => held.device.call(held.rpt, {}, { withinMs: patienceMs }));
    assert.notEqual((await held.device.call(held.rpt, {}, { withinMs: patienceMs })).status, 200);
    await server.start();
    await home.ready();
    await isGoneAtTheServer(held.share);
    for (const { status, error } of await early.stop()) {
      assert.ok(status !== 200 && error !== 'ABORT_ERR', `${status} ${error}`);
    }
    // The server's keys were asked for in vain meanwhile, and are asked for again within 2 s.
    await eventually('it should say why', async () => {
      const { status, body } = await held.device.call(held.rpt);
      assert.notEqual(status, 200);
      return body.error === 'revoked';
    });
  });
});

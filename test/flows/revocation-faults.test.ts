/** Revocation through what a home really sees: the server away or hung, a deploy, a power cut between receipt and confirmation. */
import assert from 'node:assert/strict';
import { type EditorLine, openEditorLine } from '../../demo/editor-line.ts';
import { type FlowHome, openFlowHome, owner } from './support/flow-home.ts';
import { addressOf } from './support/load.ts';
import { dishwasherPath, type OutsideDevice, outsideDevice, send } from './support/outside-device.ts';
import { type ServerProcess, serverProcess } from './support/server-process.ts';

const trials = 50;
/** Tickets are limited for each address, and every refusal here takes one: each device has an address of its own. */
let addresses = 0;

/** A device that was let through a moment ago. */
async function allowedDevice(
  home: FlowHome,
  name: string,
): Promise<{ device: OutsideDevice; share: string; rpt: string }> {
  const device = await outsideDevice(home, name);
  const share = await device.share();
  addresses += 1;
  const rpt = await device.rpt(undefined, addressOf(addresses));
  assert.equal((await device.call(rpt)).status, 200);
  return { device, share, rpt };
}

/** Many calls at once, each with a fresh proof: none passes, none hangs. */
async function assertRefused({ device, rpt }: { device: OutsideDevice; rpt: string }): Promise<void> {
  const answers = await Promise.all(Array.from({ length: trials }, () => device.call(rpt, {}, { withinMs: 5_000 })));
  const passed = answers.filter(({ status }) => status === 200);
  assert.equal(passed.length, 0);
  for (const { status } of answers) assert.ok(status === 401 || status === 403, String(status));
}

describe('revocation with the server apart', () => {
  let server: ServerProcess;
  let home: FlowHome;
  let line: EditorLine;

  before(async () => {
    server = await serverProcess(owner);
    home = await openFlowHome({ server: { url: server.issuer } });
    line = await openEditorLine(home.url);
  });
  after(async () => {
    line?.close();
    await home?.remove();
    await server?.remove();
  });

  async function revokeUnheard(share: string): Promise<string> {
    const { body } = await home.knock('/test/revoke', { share });
    assert.deepEqual(body.payload.unconfirmed, ['server'], 'the receipt says who has not confirmed');
    return body.payload.id as string;
  }

  it('holds while the server is down, and confirms under the same receipt when it is back', async () => {
    const held = await allowedDevice(home, 'Stopped server');
    await server.kill();
    const receipt = await revokeUnheard(held.share);
    await assertRefused(held);
    const confirmed = line.heard('t-later');
    await server.start();
    const { value } = await confirmed;
    assert.deepEqual([(value as { id: string }).id, (value as { unconfirmed: string[] }).unconfirmed], [receipt, []]);
    const { body } = await (await home.owner())('GET', '/api/shares');
    assert.ok(!(body.items as { id: string }[]).some(({ id }) => id === held.share), 'and the share is over there too');
    await assertRefused(held);
  });

  it('holds while the server hangs, and keeps nobody waiting', async () => {
    const held = await allowedDevice(home, 'Hung server');
    server.hang();
    try {
      await revokeUnheard(held.share);
      await assertRefused(held);
    } finally {
      server.goOn();
    }
  });

  it('holds when Node-RED is killed between the receipt and the confirmation, with the server away', async () => {
    const held = await allowedDevice(home, 'Power cut');
    await server.kill();
    await revokeUnheard(held.share);
    await home.kill();
    await home.start();
    await assertRefused(held);
    await server.start();
    await home.ready();
    await assertRefused(held);
  });
});

describe('revocation in one process', () => {
  let home: FlowHome;

  before(async () => {
    home = await openFlowHome();
  });
  after(async () => await home?.remove());

  it('holds after a full deploy', async () => {
    const held = await allowedDevice(home, 'Full deploy');
    await home.knock('/test/revoke', { share: held.share });
    const deployed = home.deploy('full');
    await deployed;
    await untilAnswering(home);
    await assertRefused(held);
  });

  it('RFC 9449 11.1: a proof that was used before a full deploy is not taken after it', async () => {
    const { device, rpt } = await allowedDevice(home, 'Used proof');
    const nonce = await nonceOf(home, device, rpt);
    const headers = await device.headers(rpt, nonce === undefined ? {} : { nonce });
    assert.equal((await send(home.url + dishwasherPath, { headers })).status, 200);
    await home.deploy('full');
    await untilAnswering(home);
    const again = await send(home.url + dishwasherPath, { headers });
    assert.deepEqual([again.status, again.body.error], [401, 'proof_replayed']);
  });

  it('loses no share and no device through deploys under load, and leaves no caller waiting', async () => {
    const { device, rpt } = await allowedDevice(home, 'Under load');
    let stopped = false;
    const statuses = new Set<number>();
    const callOn = async (): Promise<void> => {
      while (!stopped) {
        const { status } = await device.call(rpt, {}, { withinMs: 5_000 });
        statuses.add(status);
      }
    };
    const load = Promise.all(Array.from({ length: 4 }, callOn));
    for (const type of ['full', 'flows', 'nodes', 'full'] as const) {
      await home.deploy(type);
      await untilAnswering(home);
    }
    stopped = true;
    await load;
    for (const status of statuses) assert.ok([200, 401, 403, 404, 503].includes(status), String(status));
    assert.equal((await device.call(rpt)).status, 200, 'and who may, may again');
  });

  it('holds after kill -9 and a restart, and a proof from before it is not taken', async () => {
    const held = await allowedDevice(home, 'Killed');
    const kept = await allowedDevice(home, 'Kept');
    const captured = await kept.device.headers(kept.rpt);
    await home.knock('/test/revoke', { share: held.share });
    await home.kill();
    await home.start();
    await home.ready();
    await assertRefused(held);
    const replayed = await send(home.url + dishwasherPath, { headers: captured });
    assert.equal(replayed.status, 401, JSON.stringify(replayed.body));
    assert.equal((await kept.device.call(kept.rpt)).status, 200, 'what was not revoked is still there');
  });
});

/** Core answers 404 between two sets of flows, ours 503 where it can: neither is an answer of the new ones. */
async function untilAnswering(home: FlowHome): Promise<void> {
  for (;;) {
    const { status } = await send(home.url + dishwasherPath, { withinMs: 5_000 });
    if (status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The present nonce, if this gateway asks for one so soon after its start (RFC 9449 9). */
async function nonceOf(home: FlowHome, device: OutsideDevice, rpt: string): Promise<string | undefined> {
  const probe = await send(home.url + dishwasherPath, { headers: await device.headers(rpt) });
  return probe.headers['dpop-nonce'];
}

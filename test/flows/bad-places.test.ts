/** A home where something is in the way: another program's port, a folder that cannot be written, a server that is away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { eventually } from './support/eventually.ts';
import { type FlowHome, flowHome, openFlowHome, owner } from './support/flow-home.ts';
import { type Answer, dishwasherPath, outsideDevice, send } from './support/outside-device.ts';
import { type ServerProcess, serverProcess } from './support/server-process.ts';

const unreachable = '199 - "UMA Authorization Server Unreachable"';

/** UMA Grant 3.2.2: no ticket can be had. */
function assertNoTicket({ status, headers, body }: Answer, reason: string): void {
  assert.deepEqual([status, body.error], [403, reason]);
  assert.equal(headers.warning, unreachable);
  assert.equal(headers['www-authenticate'], undefined);
}

const callDishwasher = (home: FlowHome, ...headers: string[]): Promise<Answer> =>
  send(home.url + dishwasherPath, { headers });

describe('bad places', () => {
  let home: FlowHome | undefined;
  afterEach(async () => {
    await home?.remove();
    home = undefined;
  });

  /** Nothing passes, everybody who asks is told, and once the obstacle is gone a deploy is enough. */
  async function refusesUntilDeployed(started: FlowHome, sentence: RegExp, removeIt: () => unknown): Promise<void> {
    await started.nodeRed.line(sentence);
    for (const headers of [[], ['Authorization', 'DPoP garbage', 'DPoP', 'garbage']]) {
      assertNoTicket(await callDishwasher(started, ...headers), 'not_set_up');
    }
    const asked = await started.knock('/test/call');
    assert.deepEqual([asked.body.uma.outcome, asked.body.uma.reason], ['unreachable', 'not_set_up']);
    assert.match(asked.body.uma.hint, sentence);
    assert.equal((await started.knock('/test/revoke', { share: 'any' })).status, 500);
    await removeIt();
    await started.deploy('full');
    await started.ready();
    assert.equal((await callDishwasher(started)).status, 401);
  }

  it('the server’s port is used by another program: Node-RED runs, nothing passes, and a sentence names the port', async () => {
    const other = createServer();
    const port = await freePort();
    await once(other.listen(port, '127.0.0.1'), 'listening');
    home = await flowHome({ server: { port } });
    await home.start();
    await refusesUntilDeployed(home, new RegExp(`Another program uses port ${port}`), () => {
      other.close();
      return once(other, 'close');
    });
  });

  it('the folder cannot be written: Node-RED runs, nothing passes, and a sentence names the folder', async () => {
    home = await flowHome();
    const uma = join(home.userDir, 'uma');
    // Not by permissions: whoever runs this may be allowed everything.
    writeFileSync(uma, 'a file where a folder should be');
    await home.start();
    await refusesUntilDeployed(home, new RegExp(`The folder ${uma}\\S* cannot be written`), () => rmSync(uma));
  });

  describe('the server is stopped', () => {
    let server: ServerProcess;
    beforeEach(async () => {
      server = await serverProcess(owner);
      home = await openFlowHome({ server: { url: server.issuer } });
    });
    afterEach(async () => await server?.remove());

    it('what was permitted passes for a while, everything else is refused in words, and nothing is lost', async () => {
      assert.ok(home);
      const device = await outsideDevice(home, 'Early');
      await device.share();
      const rpt = await device.rpt();
      await home.knock('/test/share');
      assert.equal((await home.knock('/test/call')).body.statusCode, 200);
      await server.kill();

      assert.equal((await device.call(rpt)).status, 200, 'an RPT is verified without the server');
      assert.equal((await home.knock('/test/call')).body.statusCode, 200, 'an RPT at hand is used');
      assertNoTicket(await callDishwasher(home), 'no_token');
      assertNoTicket(await device.call(rpt, { path: '/oven/start' }), 'insufficient_scope');
      const garbage = await device.call('garbage');
      assert.deepEqual([garbage.status, garbage.body.error], [401, 'invalid_token']);
      const shared = await home.knock('/test/share');
      assert.deepEqual([shared.status, shared.body.error], [500, 'unreachable']);

      await server.start();
      const back = home;
      await eventually('tickets should be given again', async () => (await callDishwasher(back)).status === 401);
      const { status, body } = await back.knock('/test/call');
      assert.deepEqual([status, body.statusCode], [200, 200]);
      assert.equal((await device.call(await device.rpt())).status, 200);
    });
  });
});

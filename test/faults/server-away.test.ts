/** A server that is stopped, hangs or answers garbage: nobody waits for it, and everybody is told why. */
import assert from 'node:assert/strict';
import { eventually } from '../flows/support/eventually.ts';
import { type FlowHome, openFlowHome, owner } from '../flows/support/flow-home.ts';
import { addressOf } from '../flows/support/load.ts';
import {
  type Answer,
  dishwasherPath,
  type OutsideDevice,
  outsideDevice,
  send,
} from '../flows/support/outside-device.ts';
import { type ServerProcess, serverProcess } from '../flows/support/server-process.ts';
import { shortOrLong } from '../support/seeded.ts';
import { fakeGarbageServer, type Garbage, garbage } from './support/fake-garbage-server.ts';

const kinds = shortOrLong<Garbage[]>(['half an answer', 'an endless body'], Object.keys(garbage) as Garbage[]);

/** rpt-check answers within 3 s, whatever the server does (product.md). */
const answerMs = 3_000;

describe('the server is not what it should be', () => {
  let home: FlowHome;
  let server: ServerProcess;
  let device: OutsideDevice;
  let rpt: string;
  let share: string;
  let addresses = 0;

  before(async () => {
    server = await serverProcess(owner);
    home = await openFlowHome({ server: { url: server.issuer } });
    device = await outsideDevice(home, 'Known');
    share = await device.share();
    rpt = await device.rpt(undefined, fresh());
    assert.equal((await device.call(rpt)).status, 200);
  });
  after(async () => {
    server?.goOn();
    await home?.remove();
    await server?.remove();
  });

  /** Tickets are limited for each address. */
  function fresh(): string {
    addresses += 1;
    return addressOf(addresses);
  }

  async function soon(what: string, asked: Promise<Answer>): Promise<Answer> {
    const startedMs = performance.now();
    const answer = await asked;
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < answerMs, `${what} was answered after ${Math.round(tookMs)} ms`);
    return answer;
  }

  /** G 3.2.2: no ticket can be had. */
  function withoutTicket({ status, headers, body }: Answer, reason: string): void {
    assert.deepEqual([status, body.error], [403, reason]);
    assert.equal(headers.warning, '199 - "UMA Authorization Server Unreachable"');
  }

  /** Everybody at once, as on a bad day. */
  async function everybodyIsAnswered(): Promise<void> {
    const stranger = soon('a stranger', send(home.url + dishwasherPath, { from: fresh() }));
    const known = soon('a known device', device.call(rpt, {}, { from: fresh() }));
    const elsewhere = soon('a device elsewhere', device.call(rpt, { path: '/oven/start' }, { from: fresh() }));
    const invented = soon('an invented token', device.call('in.vent.ed', {}, { from: fresh() }));
    const asking = home.knock('/test/call');
    withoutTicket(await stranger, 'no_token');
    assert.equal((await known).status, 200, 'an RPT that was verified once needs no server');
    withoutTicket(await elsewhere, 'insufficient_scope');
    assert.deepEqual([(await invented).status, (await invented).body.error], [401, 'invalid_token']);
    const { body } = await asking;
    assert.deepEqual([body.uma.outcome, typeof body.uma.hint], ['unreachable', 'string'], JSON.stringify(body));
  }

  async function backAgain(): Promise<void> {
    await eventually('tickets should be given again', async () => {
      return (await send(home.url + dishwasherPath, { from: fresh() })).status === 401;
    });
    assert.deepEqual(
      home.lines.filter((line) => /Uncaught|Unhandled|MaxListeners/.test(line)),
      [],
    );
  }

  it('stopped', async () => {
    await server.kill();
    await everybodyIsAnswered();
    await server.start();
    await backAgain();
  });

  it('hung: it takes connections and says nothing', async () => {
    server.hang();
    await everybodyIsAnswered();
    server.goOn();
    await backAgain();
  });

  for (const kind of kinds) {
    it(`answers garbage: ${kind}`, async () => {
      await server.kill();
      const fake = await fakeGarbageServer(server.issuer, kind);
      await everybodyIsAnswered();
      assert.ok(fake.asked() > 0);
      await fake.close();
      await server.start();
      await backAgain();
    });
  }

  it('Node-RED started while there is garbage: nothing passes, nothing is revived, and it joins once the server is back', async () => {
    const { status } = await home.knock('/test/revoke', { share });
    assert.equal(status, 200);
    await server.kill();
    await home.kill();
    const fake = await fakeGarbageServer(server.issuer, 'JSON of another kind');
    await home.start();
    await eventually('it should ask the server', async () => fake.asked() > 0);
    const tried = await soon('a device', device.call(rpt, {}, { from: fresh() }));
    assert.ok([401, 403].includes(tried.status), String(tried.status));
    await soon('a stranger', send(home.url + dishwasherPath, { from: fresh() }));
    await fake.close();
    await server.start();
    await home.ready();
    await backAgain();
    await eventually('it should say why', async () => {
      const { status, body } = await device.call(rpt, {}, { from: fresh() });
      assert.notEqual(status, 200);
      return body.error === 'revoked';
    });
  });
});

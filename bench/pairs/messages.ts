/**
 * Messages from outside through a real Node-RED, with rpt-check and without: how fast, and what 50,000 of them leave.
 * Two halves with time between them: what is rightly kept of a message (its used proof) is forgotten after 95 s.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type Client, registerClient } from '../load/client.ts';
import { signIn } from '../load/owner.ts';
import { openSender, type Sender, type Sending } from '../load/sender.ts';
import { guardedFlow, guardedPath, openPath, resourceName } from '../node-red/flow.ts';
import { type NodeRedHome, nodeRedHome } from '../node-red/home.ts';
import { letIn } from '../node-red/let-in.ts';
import type { Row } from '../row.ts';
import { type Compared, sideBySide, timeAll } from '../side-by-side.ts';
import { spreadOf } from '../spread.ts';

const roundsPerHalf = 24;
const perRound = 2_000;
/** Without rpt-check nothing has to add up. */
const openPerRound = 600;
const atOnce = 8;
/** One key may use up 20,000 proofs at a time. */
const deviceCount = 4;
/** Right after its start a gateway takes no proof without a nonce. */
const nonceFreeAfterMs = 61_000;
/** A proof is remembered for 85 s and twice the leeway. */
const proofForgottenAfterMs = 97_000;

/** Answers a message from the bench with the heap in use after a collection. */
const heapTeller = `
process.on('message', () => {
  // What only a finalizer kept is freed by the next one.
  for (let times = 0; times < 3; times += 1) global.gc();
  process.send({ heapMb: process.memoryUsage().heapUsed / 1e6 });
});
`;

export interface Messages {
  /** @returns the comparison of this half */
  half(): Promise<Compared>;
  /** The heap of Node-RED in megabytes, once the proofs of the last half are forgotten. */
  restingHeapMb(): Promise<number>;
  close(): Promise<void>;
}

interface Caller {
  client: Client;
  rpt: string;
}

export async function openMessages(): Promise<Messages> {
  const home = await nodeRedHome({
    ...{ kind: 'server', flow: guardedFlow, settings: heapTeller, nodeOptions: '--expose-gc' },
  });
  await home.start();
  await letIn(home);
  const readyAtMs = performance.now() + nonceFreeAfterMs;
  const sender = openSender(home.url, atOnce);
  const clients = await letDevicesIn(home);
  let restingAtMs = 0;
  const until = (ms: number): Promise<void> => setTimeout(Math.max(0, ms - performance.now()));
  return {
    async half() {
      await until(readyAtMs);
      const callers = await permitted(home, sender, clients);
      const compared = await compare(sender, callers);
      restingAtMs = performance.now() + proofForgottenAfterMs;
      return compared;
    },
    async restingHeapMb() {
      await until(restingAtMs);
      // One more message: whoever looks for a proof throws out those that are too old.
      const [caller] = await permitted(home, sender, clients);
      if (caller) await sender.expect(200, guarded(caller));
      return heapMb(home);
    },
    async close() {
      await sender.close();
      await home.remove();
    },
  };
}

async function letDevicesIn({ issuer }: NodeRedHome): Promise<Client[]> {
  const server = openSender(issuer);
  const owner = await signIn(server);
  const resource = await owner.resource(resourceName);
  const clients: Client[] = [];
  for (let number = 1; number <= deviceCount; number += 1) {
    const client = await registerClient(server, { client_name: `Caller ${number}` });
    await owner.share(resource, client.clientId, ['start']);
    clients.push(client);
  }
  await server.close();
  return clients;
}

/** An RPT for each: it lives for five minutes. */
async function permitted({ issuer, url }: NodeRedHome, sender: Sender, clients: Client[]): Promise<Caller[]> {
  const server = openSender(issuer);
  const callers: Caller[] = [];
  for (const client of clients) {
    const { challenge } = await sender.expect(401, { path: guardedPath, method: 'GET', headers: {} });
    const ticket = /ticket="([^"]+)"/.exec(challenge)?.[1];
    if (!ticket) throw new Error(`no ticket: ${challenge}`);
    const { body } = await server.expect(200, await client.rpt(ticket));
    callers.push({ client: client.at(url), rpt: body.access_token });
  }
  await server.close();
  return callers;
}

const guarded = ({ client, rpt }: Caller): Sending => client.calling('GET', guardedPath, rpt);

/** The same headers go to both addresses: what differs is rpt-check. */
function compare(sender: Sender, callers: Caller[]): Promise<Compared> {
  const made = (count: number): Sending[] =>
    Array.from({ length: count }, (_none, index) => {
      const caller = callers[index % callers.length];
      if (!caller) throw new Error('nobody calls');
      return guarded(caller);
    });
  const open = made(openPerRound).map((sending) => ({ ...sending, path: openPath }));
  return sideBySide(
    roundsPerHalf,
    () => timeAll(made(perRound), atOnce, (sending) => sender.expect(200, sending)),
    () => timeAll(open, atOnce, (sending) => sender.expect(200, sending)),
  );
}

async function heapMb(home: NodeRedHome): Promise<number> {
  const { child } = home.process();
  const answered = once(child, 'message');
  child.send('heap');
  const [{ heapMb: mb }] = (await answered) as [{ heapMb: number }];
  return mb;
}

export function messageRows(halves: readonly Compared[], heaps: readonly number[]): Row[] {
  const [before = Number.NaN, after = Number.NaN] = heaps;
  const { oneMs, otherMs } = halves[1] ?? { oneMs: Number.NaN, otherMs: Number.NaN };
  const rate = (ms: number): string => `${Math.round(1000 / ms)}/s`;
  return [
    {
      ...{ what: 'http in -> rpt-check -> http response / without rpt-check', unit: 'times', bound: { atLeast: 0.6 } },
      ...{ figures: spreadOf(halves.flatMap(({ speeds }) => speeds)), seen: `${rate(oneMs)} / ${rate(otherMs)}` },
    },
    {
      ...{ what: 'heap after 100,000 messages, above that after 50,000', unit: 'MB', bound: { atMost: 0.5 } },
      ...{ figures: spreadOf([after - before]), seen: `${after.toFixed(2)} MB / ${before.toFixed(2)} MB` },
    },
  ];
}

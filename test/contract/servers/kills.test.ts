import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import type { Transport } from '../../../lib/transport/transport.ts';
import { type OwnerSession, signIn } from '../support/home.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { type AGateway, aGateway } from './a-gateway.ts';

type World = { store: GatewayStore; transport: Transport };

/** What was under way never comes back, as after `kill -9`. */
const never = new Promise<never>(() => {});

/** The process ends when the answer to its n-th request is on the way: the server has acted, and nobody hears of it. */
function endsAtAnswer(n: number, { store, transport }: World, end: () => void): World {
  let requests = 0;
  const fetch: Transport['fetch'] = async (url, init) => {
    requests += 1;
    if (requests > n) return never;
    const response = await transport.fetch(url, init);
    if (requests < n) return response;
    await response.arrayBuffer();
    end();
    return never;
  };
  return { store, transport: { ...transport, fetch } };
}

/** The process ends right after its n-th write. */
function endsAtWrite(n: number, { store, transport }: World, end: () => void): World {
  let writes = 0;
  const transaction: GatewayStore['transaction'] = async (work) => {
    writes += 1;
    if (writes > n) return never;
    const done = await store.transaction(work);
    if (writes < n) return done;
    end();
    return never;
  };
  return { transport, store: { ...store, transaction } };
}

describe('built-in server, joining, the process killed on the way', function () {
  this.timeout(20_000);
  let place: ServerPlace;
  let server: RunningServer;
  let owner: OwnerSession;

  before(async () => {
    place = await serverPlace();
    server = await place.start();
    owner = await signIn(server.issuer);
  });
  after(async () => {
    await server.close();
    await place.remove();
  });

  /** Joins while an owner approves every code that is shown. */
  async function join({ server: { join }, reaches }: AGateway): Promise<void> {
    join.watch((step) => {
      if ('userCode' in step) owner.call('POST', `/api/codes/${step.userCode}/approve`, {}).catch(() => {});
    });
    join.start();
    await reaches('ready');
  }

  async function countGateways(): Promise<number> {
    return (await owner.call('GET', '/api/gateways')).body.items.length;
  }

  async function isConnected({ server }: AGateway): Promise<void> {
    const role = await server.owner('');
    assert.deepEqual((await role.shares()).items, []);
  }

  for (const [where, endsAt] of Object.entries({ 'an answer': endsAtAnswer, 'a write': endsAtWrite })) {
    it(`goes on from wherever it ended: at ${where}, at each of them`, async () => {
      const before = await countGateways();
      let n = 0;
      let killed = true;
      while (killed) {
        n += 1;
        killed = false;
        const death = new EventTarget();
        const spoil = (world: World) =>
          endsAt(n, world, () => {
            killed = true;
            death.dispatchEvent(new Event('end'));
          });
        const victim = await aGateway({ issuer: server.issuer, spoil });
        await Promise.race([once(death, 'end'), join(victim)]);
        const next = await aGateway({ issuer: server.issuer, store: victim.store, key: victim.key });
        await join(next);
        // The owner's authority may have been on its way to the process that ended; its owner is then asked once more.
        await isConnected(next).catch(async (error) => {
          assert.equal(error.code, 'OwnerNotConnected');
          assert.ok(killed);
          assert.match(error.link.userCode, /^[A-Z]{4}-[A-Z]{4}$/);
        });
        await next.close();
        void victim.server.close();
        await victim.transport.close();
      }
      assert.ok(n > 4, `${n} places`);
      assert.equal((await countGateways()) - before, n, 'no place leaves a second gateway behind');
    });
  }
});

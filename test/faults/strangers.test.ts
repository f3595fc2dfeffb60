/** Strangers who register, ask and knock by the thousand: the owner's lists stay short, right and quick. */
import assert from 'node:assert/strict';
import { type Home, openHome } from '../contract/support/home.ts';
import { clientOf, post, type TestClient } from '../contract/support/test-client.ts';
import { newKey, type TestKey } from '../contract/support/test-key.ts';
import { seeded, shortOrLong } from '../support/seeded.ts';

const registrations = shortOrLong(1_020, 10_000);
const requests = shortOrLong(100, 10_000);
const atOnce = 8;
const lists = [
  '/api/home',
  '/api/devices',
  '/api/devices?claimed=no&limit=500',
  '/api/requests',
  '/api/shares',
  '/api/resources',
  '/api/history',
  '/api/gateways',
];
/** model/devices.ts: beyond so many unclaimed devices the oldest go. */
const mostUnclaimed = 1_000;
/** A page of 500 lines costs more than an empty one; what must not happen is that it grows with the number of strangers. */
const mostTimes = 20;
const mostMs = 500;

describe('thousands of strangers', () => {
  let home: Home;
  before(async () => {
    home = await openHome();
  });
  after(async () => {
    await home?.close();
  });

  /** Some at once, each with its number. */
  async function each(count: number, work: (number: number) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) {
        next += 1;
        await work(next - 1);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** The median of a few answers, for each list. */
  async function medianMs(): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const path of lists) {
      const took: number[] = [];
      for (let time = 0; time < 7; time += 1) {
        const startedMs = performance.now();
        const { status } = await home.owner.call('GET', path);
        took.push(performance.now() - startedMs);
        assert.equal(status, 200, path);
      }
      found[path] = took.sort((one, other) => one - other)[3] ?? 0;
    }
    return found;
  }

  async function unclaimed(): Promise<{ id: string; name: string }[]> {
    const items: { id: string; name: string }[] = [];
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const { body } = await home.owner.call(
        'GET',
        `/api/devices?claimed=no&limit=500${after ? `&after=${after}` : ''}`,
      );
      items.push(...body.items);
      after = body.next;
    }
    return items;
  }

  it(`${registrations} registrations and ${requests} requests: the lists are bounded, right, and as quick as before`, async () => {
    const choices = seeded('strangers');
    const known = await home.stranger('Thermostat');
    const share = await home.share(known);
    const quick = await medianMs();
    const strangers: TestClient[] = [];
    const keys: TestKey[] = await Promise.all(Array.from({ length: 50 }, () => newKey()));

    await each(registrations, async (number) => {
      // A key belongs to one device for ever: most strangers bring a new one, as an attacker would.
      const key = number < keys.length ? (keys[number] ?? assert.fail()) : await newKey();
      const { status, body } = await post(`${home.issuer}/reg`, {
        client_name: `Stranger ${number}`,
        jwks: { keys: [key.publicJwk] },
      });
      assert.equal(status, 201, JSON.stringify(body));
      if (number >= registrations - keys.length) strangers.push(clientOf(home.issuer, body.client_id, key));
    });
    const ticket = await home.ticket();
    await each(requests, async () => {
      const { status, body } = await choices
        .pick(strangers)
        .rpt(choices.below(4) === 0 ? ticket : `invented-${choices.below(1e9)}`);
      assert.ok(status >= 400 && status < 500, `${status} ${JSON.stringify(body)}`);
    });

    const waiting = await unclaimed();
    assert.ok(waiting.length <= mostUnclaimed, `${waiting.length} unclaimed devices`);
    assert.ok(
      waiting.some(({ name }) => name === `Stranger ${registrations - 1}`),
      'the newest are there',
    );
    const [requested, shares, devices] = await Promise.all(
      ['/api/requests', '/api/shares', '/api/devices'].map((path) => home.owner.call('GET', path)),
    );
    assert.deepEqual(requested?.body.items, [], 'nobody’s devices may ask for nothing');
    assert.deepEqual(
      shares?.body.items.map(({ id }: { id: string }) => id),
      [share],
    );
    assert.deepEqual(
      devices?.body.items.map(({ id }: { id: string }) => id),
      [known.clientId],
    );
    assert.equal((await known.rpt(await home.ticket())).status, 200, 'who may, may all the while');

    const now = await medianMs();
    console.log(
      `      ${lists.map((path) => `${path} ${(quick[path] ?? 0).toFixed(1)} -> ${(now[path] ?? 0).toFixed(1)} ms`).join(', ')}`,
    );
    for (const path of lists) {
      const [before = 0, after = 0] = [quick[path], now[path]];
      assert.ok(after < mostMs && after < mostTimes * Math.max(before, 2), `${path}: ${before} -> ${after} ms`);
    }
  });
});

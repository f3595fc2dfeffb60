/**
 * The denylist against a plain list that is searched from end to end: thousands of random histories, each with
 * restarts, must give the same answers to random tokens. The seed is in the message; it is fixed unless SEED is set.
 */
import assert from 'node:assert/strict';
import type { Denial, DenialReason } from '../../../lib/revocation/denial.ts';
import { createDenylist, type Denylist } from '../../../lib/revocation/denylist.ts';
import type { EndedShare, EndReport, Target } from '../../../lib/servers/authorization-server.ts';
import type { Permission } from '../../../lib/uma/permission.ts';
import type { RptFacts } from '../../../lib/uma/rpt.ts';
import { memoryStore } from '../../support/memory-store.ts';

/** A small repeatable generator (xorshift, 32 bits). */
function generator(seed: number) {
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    chance: (part: number) => next() < part,
    one: <T>(items: readonly [T, ...T[]]): T => items[below(items.length)] ?? items[0],
    some: <T>(items: readonly T[]): T[] => items.filter(() => next() < 0.5),
  };
}
type Random = ReturnType<typeof generator>;

const devices = ['d1', 'd2'] as const;
const resources = ['r1', 'r2'] as const;
const shares = ['s1', 's2', 's3'] as const;
const hashes = ['h1', 'h2', 'h3'] as const;
const scopes = ['a', 'b'];

/** What the naive list remembers of a denial. */
interface Entry {
  order: string;
  target: Target;
  why: DenialReason;
  known: EndedShare[];
  report?: EndReport;
}

const target = (random: Random): Target =>
  random.one<() => Target>([
    () => ({ token: random.one(hashes) }),
    () => ({ share: random.one(shares) }),
    () => ({ share: random.one(shares) }),
    () => ({ device: random.one(devices) }),
    () => ({ resource: random.one(resources) }),
    () => ({ pair: { device: random.one(devices), resource: random.one(resources), scopes: random.some(scopes) } }),
    () => ({ everything: 'alice' }),
  ])();

const endedShares = (random: Random): EndedShare[] =>
  Array.from({ length: random.below(3) }, () => ({
    share: random.one(shares),
    device: random.one(devices),
    resource: random.one(resources),
    scopes: random.some(scopes),
  }));

function permission(random: Random): Permission {
  const about = { resource: random.one(resources), scopes: random.some(scopes) };
  return random.chance(0.6) ? { ...about, share: random.one(shares) } : about;
}

function facts(random: Random): RptFacts {
  const permissions = Array.from({ length: 1 + random.below(3) }, () => permission(random));
  const issuedAt = 1_000 + random.below(20);
  return { ...(random.chance(0.9) && { device: random.one(devices) }), issuedAt, expiresAt: 2_000, permissions };
}

/** The page of the design, read word by word: is this token refused by this entry? */
function refuses(entry: Entry, unique: boolean, hash: string, token: RptFacts, wanted: Permission[]): boolean {
  const { target, report } = entry;
  const old = report === undefined || token.issuedAt <= report.at + 1;
  const ended = report && report.ended.length > 0 ? report.ended : entry.known;
  const meets = (some: string[], others: string[]) => some.length === 0 || others.some((scope) => some.includes(scope));
  const used = token.permissions.filter((held) =>
    wanted.some((wish) => wish.resource === held.resource && wish.scopes.some((scope) => held.scopes.includes(scope))),
  );
  const whole = !('pair' in target) && !('token' in target);
  if (report && unique && whole && used.some((held) => report.ended.some((end) => end.share === held.share)))
    return true;
  if ('token' in target) return target.token === hash;
  if ('device' in target) return old && target.device === token.device;
  if ('resource' in target) return old && wanted.some((wish) => wish.resource === target.resource);
  if ('everything' in target) return old;
  if ('pair' in target) {
    const { device, resource } = target.pair;
    const hit = (wish: Permission) => wish.resource === resource && meets(target.pair.scopes, wish.scopes);
    return old && device === token.device && wanted.some(hit);
  }
  return used.some((held) => {
    if (held.share !== undefined) return held.share === target.share && (old || unique);
    if (ended.length === 0) return report === undefined;
    const there = (end: EndedShare) => end.device === token.device && end.resource === held.resource;
    return old && ended.some((end) => there(end) && meets(end.scopes, held.scopes));
  });
}

function expected(list: Entry[], unique: boolean, hash: string, token: RptFacts, wanted: Permission[]) {
  const found = list.filter((entry) => refuses(entry, unique, hash, token, wanted)).map(({ why }) => why);
  if (found.includes('quarantined')) return 'quarantined';
  return found.length > 0 ? 'revoked' : undefined;
}

describe('denylist, at random', function () {
  this.timeout(60_000);
  const seed = Number(process.env.SEED ?? 20_250_101);

  async function step(random: Random, list: Entry[], denylist: Denylist): Promise<void> {
    const open = list.filter((entry) => entry.report === undefined);
    const entry = open[random.below(open.length + 2)];
    if (!entry) {
      const why = random.one<DenialReason>(['revoked', 'revoked', 'quarantined', 'panic']);
      const made: Entry = {
        order: `o${list.length}-${random.below(1e9)}`,
        target: target(random),
        why,
        known: endedShares(random),
      };
      const { known: ended, ...rest } = made;
      const denial: Denial = { ...rest, ended, at: 1_000, kind: 'block', liftable: why === 'quarantined' };
      list.push(made);
      await denylist.deny(denial);
    } else if (entry.why === 'quarantined') {
      list.splice(list.indexOf(entry), 1);
      await denylist.lift(entry.order);
    } else {
      entry.report = { at: 1_000 + random.below(20), ended: endedShares(random), gateways: [], unconfirmed: [] };
      await denylist.confirm(entry.order, entry.report);
    }
  }

  for (const unique of [true, false]) {
    it(`answers as a plain list does (ids of shares ${unique ? 'unique' : 'given again'}, seed ${seed})`, async () => {
      const random = generator(seed);
      const seen = { revoked: 0, quarantined: 0, passed: 0 };
      for (let history = 0; history < 300; history++) {
        const store = memoryStore();
        const rules = { maxTokenLifetimeSeconds: 300, leewaySeconds: 0, uniqueShareIds: unique };
        const open = () => createDenylist({ store, now: () => 1_000, rules });
        const list: Entry[] = [];
        let denylist = open();
        for (let steps = random.below(12); steps >= 0; steps--) {
          await step(random, list, denylist);
          if (random.chance(0.2)) denylist = open();
          for (let asked = 0; asked < 5; asked++) {
            const [hash, token] = [random.one(hashes), facts(random)];
            const wanted = Array.from({ length: 1 + random.below(2) }, () => permission(random));
            const is = denylist.denies(hash, token, wanted);
            const should = expected(list, unique, hash, token, wanted);
            assert.equal(is, should, JSON.stringify({ history, list, hash, token, wanted }));
            seen[is ?? 'passed'] += 1;
          }
        }
      }
      for (const [answer, times] of Object.entries(seen)) assert.ok(times > 100, `${answer}: only ${times}`);
    });
  }
});

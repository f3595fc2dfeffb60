/**
 * The denylist against a plain list that is searched from end to end: random histories of denying, confirming, lifting,
 * restarting and waiting must give the same answers to random tokens.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Denial, DenialReason } from '../../../lib/revocation/denial.ts';
import { createDenylist, type Denylist } from '../../../lib/revocation/denylist.ts';
import type { EndedShare, EndReport, Target } from '../../../lib/servers/authorization-server.ts';
import type { GatewayStore } from '../../../lib/store/gateway-store.ts';
import type { Permission } from '../../../lib/uma/permission.ts';
import type { RptFacts } from '../../../lib/uma/rpt.ts';
import { fuzz, fuzzTimeoutMs } from '../../support/fuzz.ts';
import { memoryStore } from '../../support/memory-store.ts';

const runs = 400;
const lifetime = 300;
const devices = fc.constantFrom('d1', 'd2');
const resources = fc.constantFrom('r1', 'r2');
const shares = fc.constantFrom('s1', 's2', 's3');
const hashes = fc.constantFrom('h1', 'h2', 'h3');
const scopes = fc.subarray(['a', 'b']);

const target: fc.Arbitrary<Target> = fc.oneof(
  fc.record({ token: hashes }),
  fc.record({ share: shares }),
  fc.record({ share: shares }),
  fc.record({ device: devices }),
  fc.record({ resource: resources }),
  fc.record({ pair: fc.record({ device: devices, resource: resources, scopes }) }),
  fc.record({ everything: fc.constant('alice') }),
);
const endedShares: fc.Arbitrary<EndedShare[]> = fc.array(
  fc.record({ share: shares, device: devices, resource: resources, scopes }),
  { maxLength: 2 },
);
const permission: fc.Arbitrary<Permission> = fc.record(
  { resource: resources, scopes, share: shares },
  { requiredKeys: ['resource', 'scopes'] },
);

/** What the naive list remembers of a denial. */
interface Entry {
  order: string;
  target: Target;
  why: DenialReason;
  known: EndedShare[];
  report?: Pick<EndReport, 'at' | 'ended'>;
  /** No token that the cut is about is alive after this. */
  overAfter: number;
}

/** A share that was heard of, when so many denials were in force. */
interface Given {
  device: string;
  resource: string;
  entries: number;
}

interface Model {
  now: number;
  unique: boolean;
  list: Entry[];
  /** Since the start, each as it was heard of first. */
  given: Map<string, Given>;
  seen: Record<'revoked' | 'quarantined' | 'passed', number>;
}
interface Real {
  store: GatewayStore;
  now: number;
  denylist: Denylist;
}
type Step = fc.AsyncCommand<Model, Real>;

/** The page of the design, read word by word: is this token refused by this entry? */
function refuses(
  entry: Entry,
  { unique, given, list }: Pick<Model, 'unique' | 'given' | 'list'>,
  hash: string,
  token: RptFacts,
  wanted: Permission[],
): boolean {
  const { target: named, report } = entry;
  const isAfter = ({ share = '' }: Permission) => {
    const heard = unique ? given.get(share) : undefined;
    if (heard === undefined || heard.entries <= list.indexOf(entry)) return false;
    if (report?.ended.some((end) => end.share === share)) return false;
    if ('device' in named) return named.device === heard.device;
    return 'resource' in named && named.resource === heard.resource;
  };
  const old = report === undefined || (token.issuedAt <= report.at + 1 && !token.permissions.some(isAfter));
  const ended = report && report.ended.length > 0 ? report.ended : entry.known;
  const meets = (some: string[], others: string[]) => some.length === 0 || others.some((scope) => some.includes(scope));
  const used = token.permissions.filter((held) =>
    wanted.some((wish) => wish.resource === held.resource && wish.scopes.some((scope) => held.scopes.includes(scope))),
  );
  const whole = !('pair' in named) && !('token' in named);
  if (report && unique && whole && used.some((held) => report.ended.some((end) => end.share === held.share)))
    return true;
  if ('token' in named) return named.token === hash;
  if ('device' in named) return old && named.device === token.device;
  if ('resource' in named) return old && wanted.some((wish) => wish.resource === named.resource);
  if ('everything' in named) return old;
  if ('pair' in named) {
    const { device, resource } = named.pair;
    const hit = (wish: Permission) => wish.resource === resource && meets(named.pair.scopes, wish.scopes);
    return old && device === token.device && wanted.some(hit);
  }
  return used.some((held) => {
    if (held.share !== undefined) return held.share === named.share && (old || unique);
    if (ended.length === 0) return report === undefined;
    const there = (end: EndedShare) => end.device === token.device && end.resource === held.resource;
    return old && ended.some((end) => there(end) && meets(end.scopes, held.scopes));
  });
}

function expected(list: Entry[], model: Model, hash: string, token: RptFacts, wanted: Permission[]) {
  const found = list.filter((entry) => refuses(entry, model, hash, token, wanted)).map(({ why }) => why);
  if (found.includes('quarantined')) return 'quarantined';
  return found.length > 0 ? 'revoked' : undefined;
}

const open = (store: GatewayStore, real: { now: number }, unique: boolean): Denylist =>
  createDenylist({
    store,
    now: () => real.now,
    rules: { maxTokenLifetimeSeconds: lifetime, leewaySeconds: 0, uniqueShareIds: unique },
  });

/** Of those that are still blocks the n-th, counted round. */
const blocks = ({ list }: Model, why: (reason: DenialReason) => boolean) =>
  list.filter((entry) => entry.report === undefined && why(entry.why));
const isStop = (why: DenialReason) => why === 'quarantined';
const isEnd = (why: DenialReason) => why !== 'quarantined';

const deny = fc
  .record({
    target,
    known: endedShares,
    why: fc.constantFrom<DenialReason>('revoked', 'revoked', 'quarantined', 'panic'),
  })
  .map(
    (made): Step => ({
      check: () => true,
      async run(model, { denylist }) {
        const order = `o${model.list.length}`;
        model.list.push({ ...made, order, overAfter: Number.POSITIVE_INFINITY });
        const { known: ended, ...rest } = made;
        const liftable = made.why === 'quarantined';
        const denial: Denial = { ...rest, order, ended, at: model.now, kind: 'block', liftable };
        await denylist.deny(denial);
      },
      toString: () => `deny(${fc.stringify(made)})`,
    }),
  );

const confirm = fc.record({ nth: fc.nat(20), ended: endedShares, clocksDiffer: fc.integer({ min: -10, max: 10 }) }).map(
  ({ nth, ended, clocksDiffer }): Step => ({
    check: (model) => blocks(model, isEnd).length > 0,
    async run(model, { denylist }) {
      const candidates = blocks(model, isEnd);
      const entry = candidates[nth % candidates.length];
      assert.ok(entry);
      entry.report = { at: model.now + clocksDiffer, ended };
      entry.overAfter = Math.max(entry.report.at, model.now) + 1 + lifetime;
      await denylist.confirm(entry.order, { ...entry.report, gateways: [], unconfirmed: [] });
    },
    toString: () => `confirm(${nth}, ${fc.stringify(ended)}, ${clocksDiffer} s)`,
  }),
);

const lift = fc.nat(20).map(
  (nth): Step => ({
    check: (model) => blocks(model, isStop).length > 0,
    async run(model, { denylist }) {
      const candidates = blocks(model, isStop);
      const entry = candidates[nth % candidates.length];
      assert.ok(entry);
      model.list = model.list.map((one) => (one === entry ? { ...one, target: { token: 'lifted' } } : one));
      await denylist.lift(entry.order);
    },
    toString: () => `lift(${nth})`,
  }),
);

const refuseToLift = fc.nat(20).map(
  (nth): Step => ({
    check: (model) => blocks(model, isEnd).length > 0,
    async run(model, { denylist }) {
      const candidates = blocks(model, isEnd);
      const order = candidates[nth % candidates.length]?.order ?? '';
      await assert.rejects(denylist.lift(order), { code: 'not_liftable' });
    },
    toString: () => `lift what the server has still to hear of (${nth})`,
  }),
);

const restart = fc.constant<Step>({
  check: () => true,
  async run(model, real) {
    real.denylist = open(real.store, real, model.unique);
    model.given.clear();
  },
  toString: () => 'restart',
});

const give = fc.record({ share: shares, device: devices, resource: resources }).map(
  (made): Step => ({
    check: () => true,
    async run({ given, list }, { denylist }) {
      if (!given.has(made.share)) given.set(made.share, { ...made, entries: list.length });
      denylist.given(made);
    },
    toString: () => `give(${fc.stringify(made)})`,
  }),
);

const wait = fc.constantFrom(1, 10, 61, 301, 1_000).map(
  (seconds): Step => ({
    check: () => true,
    async run(model, real) {
      model.now += seconds;
      real.now += seconds;
    },
    toString: () => `wait(${seconds} s)`,
  }),
);

const ask = fc
  .record({
    hash: hashes,
    device: fc.option(devices, { nil: undefined, freq: 10 }),
    ageSeconds: fc.integer({ min: -5, max: lifetime - 1 }),
    permissions: fc.array(permission, { minLength: 1, maxLength: 3 }),
    wanted: fc.array(permission, { minLength: 1, maxLength: 2 }),
  })
  .map(
    ({ hash, device, ageSeconds, permissions, wanted }): Step => ({
      check: () => true,
      async run(model, { denylist }) {
        // Alive: what has expired is refused without a denylist.
        const issuedAt = model.now - ageSeconds;
        const token = { ...(device && { device }), issuedAt, expiresAt: issuedAt + lifetime, permissions };
        const is = denylist.denies(hash, token, wanted);
        const all = expected(model.list, model, hash, token, wanted);
        // A cut may be forgotten once no token that it is about is alive; then nothing but an id that no server gives
        // twice could still meet it.
        const young = expected(
          model.list.filter(({ overAfter }) => overAfter >= model.now),
          model,
          hash,
          token,
          wanted,
        );
        assert.ok(is === all || is === young, `${is} instead of ${all}`);
        model.seen[is ?? 'passed'] += 1;
      },
      toString: () => `ask(${fc.stringify({ hash, device, ageSeconds, permissions, wanted })})`,
    }),
  );

describe('denylist, at random', () => {
  for (const unique of [true, false])
    it(`answers as a plain list does (ids of shares ${unique ? 'unique' : 'given again'})`, async function () {
      this.timeout(fuzzTimeoutMs(runs, 30_000));
      const seen = { revoked: 0, quarantined: 0, passed: 0 };
      const steps = fc.commands([deny, deny, give, confirm, lift, refuseToLift, restart, wait, ask, ask, ask, ask], {
        size: '+1',
        maxCommands: 40,
      });
      await fc.assert(
        fc.asyncProperty(steps, async (commands) => {
          const store = memoryStore();
          const real: Real = { store, now: 10_000, denylist: undefined as unknown as Denylist };
          real.denylist = open(store, real, unique);
          await fc.asyncModelRun(
            () => ({ model: { now: 10_000, unique, list: [], given: new Map(), seen }, real }),
            commands,
          );
        }),
        fuzz(runs),
      );
      for (const [answer, times] of Object.entries(seen)) assert.ok(times > 100, `${answer}: only ${times}`);
    });
});

import type { EndedShare } from '../servers/authorization-server.ts';
import type { Permission } from '../uma/permission.ts';
import type { RptFacts } from '../uma/rpt.ts';
import type { Cut, Denial } from './denial.ts';
import { createGivenSince, type GivenShare } from './given-since.ts';

/** What a check is about: one token, what it says, and what is wanted of it. */
export interface Asked {
  tokenHash: string;
  facts: RptFacts;
  wanted: readonly Permission[];
}

/** All denials in memory, found by what they name: a check costs the same however many there are. */
export class DenialIndex {
  readonly #byOrder = new Map<string, Denial>();
  readonly #byName = new Map<string, Set<Denial>>();
  readonly #since = createGivenSince();

  get(order: string): Denial | undefined {
    return this.#byOrder.get(order);
  }

  all(): IterableIterator<Denial> {
    return this.#byOrder.values();
  }

  /** Takes the place of the one of the same order, if any. */
  put(denial: Denial): void {
    const before = this.#byOrder.get(denial.order);
    this.#byOrder.set(denial.order, denial);
    // A cut takes the place of its block; what is denied anew is denied from now on.
    if (before === undefined || denial.kind === 'block') this.#since.begin(denial.order);
    for (const name of namesOf(denial)) this.#named(name).add(denial);
    if (before && before !== denial) this.#unname(before);
  }

  remove(order: string): void {
    const denial = this.#byOrder.get(order);
    if (!denial) return;
    this.#byOrder.delete(order);
    this.#since.end(order);
    this.#unname(denial);
  }

  /** The server has told of a new share, under an id that no other ever had. */
  given(share: GivenShare): void {
    this.#since.give(share);
  }

  /** Is there a block on everything? */
  get isStopped(): boolean {
    return [...this.#find(name.everything())].some(({ kind }) => kind === 'block');
  }

  /** Synchronous. Quarantine is told before revocation: whoever is stopped needs no ticket to ask again. */
  denies(asked: Asked): 'revoked' | 'quarantined' | undefined {
    if (this.#byOrder.size === 0) return undefined;
    let found: 'revoked' | undefined;
    for (const { why } of this.#refusing(asked)) {
      if (why === 'quarantined') return 'quarantined';
      found = 'revoked';
    }
    return found;
  }

  *#refusing(asked: Asked): Generator<Denial> {
    const { tokenHash, facts, wanted } = asked;
    yield* this.#find(name.token(tokenHash));
    yield* this.#inForce(facts, name.everything());
    if (facts.device !== undefined) yield* this.#inForce(facts, name.device(facts.device));
    for (const wish of wanted) {
      yield* this.#inForce(facts, name.resource(wish.resource));
      yield* this.#pairs(facts, wish);
    }
    for (const permission of facts.permissions) {
      if (wanted.some((wish) => contributes(permission, wish))) yield* this.#shares(facts, permission);
    }
  }

  *#pairs(facts: RptFacts, wish: Permission): Generator<Denial> {
    for (const denial of this.#inForce(facts, name.pair(facts.device, wish.resource))) {
      if ('pair' in denial.target && overlap(denial.target.pair.scopes, wish.scopes)) yield denial;
    }
  }

  /** A permission that names no share is taken for one of the ended share if device, resource and a scope agree. */
  *#shares(facts: RptFacts, permission: Permission): Generator<Denial> {
    if (permission.share !== undefined) {
      yield* this.#find(name.deadShare(permission.share));
      yield* this.#inForce(facts, name.share(permission.share));
      return;
    }
    for (const denial of this.#inForce(facts, name.place(facts.device, permission.resource))) {
      if (denial.ended.some((share) => isPlace(share, facts, permission))) yield denial;
    }
    yield* this.#find(name.unplaced());
  }

  *#inForce(facts: RptFacts, of: string): Generator<Denial> {
    for (const denial of this.#find(of)) if (denial.kind === 'block' || !this.#isLater(denial, facts)) yield denial;
  }

  /** A clock of whole seconds cannot tell within one; a share that was given after the denial can. */
  #isLater(cut: Cut, { issuedAt, permissions }: RptFacts): boolean {
    // Not `<=` the other way round: a token without a time of issue is refused too.
    return issuedAt > cut.through || permissions.some(({ share }) => this.#since.isAfter(cut, share));
  }

  #find(of: string): Iterable<Denial> {
    return this.#byName.get(of) ?? [];
  }

  #named(of: string): Set<Denial> {
    const set = this.#byName.get(of) ?? new Set();
    this.#byName.set(of, set);
    return set;
  }

  #unname(denial: Denial): void {
    for (const of of namesOf(denial)) {
      const set = this.#named(of);
      set.delete(denial);
      if (set.size === 0) this.#byName.delete(of);
    }
  }
}

const name = {
  token: (hash: string) => `token ${hash}`,
  share: (id: string) => `share ${id}`,
  deadShare: (id: string) => `dead share ${id}`,
  device: (id: string) => `device ${id}`,
  resource: (id: string) => `resource ${id}`,
  pair: (device: string | undefined, resource: string) => `pair ${JSON.stringify([device, resource])}`,
  place: (device: string | undefined, resource: string) => `place ${JSON.stringify([device, resource])}`,
  /** A denylist guards one owner's things, so whose everything it is needs no comparing. */
  everything: () => 'everything',
  /** Blocked shares of which we know neither device nor resource. */
  unplaced: () => 'unplaced',
};

function namesOf(denial: Denial): string[] {
  const dead = denial.kind === 'cut' ? denial.deadShares.map(name.deadShare) : [];
  return [...dead, ...targetNames(denial)];
}

function targetNames({ target, ended, kind }: Denial): string[] {
  if ('token' in target) return [name.token(target.token)];
  if ('device' in target) return [name.device(target.device)];
  if ('resource' in target) return [name.resource(target.resource)];
  if ('pair' in target) return [name.pair(target.pair.device, target.pair.resource)];
  if ('everything' in target) return [name.everything()];
  const places = ended.map(({ device, resource }) => name.place(device, resource));
  const unplaced = kind === 'block' && places.length === 0 ? [name.unplaced()] : [];
  return [name.share(target.share), ...new Set(places), ...unplaced];
}

function isPlace(share: EndedShare, facts: RptFacts, permission: Permission): boolean {
  const { device, resource, scopes } = share;
  return device === facts.device && resource === permission.resource && overlap(scopes, permission.scopes);
}

function contributes(permission: Permission, wish: Permission): boolean {
  return permission.resource === wish.resource && permission.scopes.some((scope) => wish.scopes.includes(scope));
}

/** No scopes named means all of them. */
export function overlap(denied: readonly string[], wanted: readonly string[]): boolean {
  return denied.length === 0 || denied.some((scope) => wanted.includes(scope));
}

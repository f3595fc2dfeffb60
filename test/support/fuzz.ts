/**
 * How random tests run: a few seconds of cases in `npm test`, always the same ones. `UMA_FUZZ_RUNS` asks for that many
 * cases of each property, from a new seed; `UMA_FUZZ_SEED` (and the path that a failure prints) plays one again.
 */
import fc from 'fast-check';

const usualSeed = 20_261_127;

/** Settings for `fc.assert`, which shrinks a failing case and prints it with its seed and path. */
export function fuzz(usualRuns: number): { numRuns: number; seed: number; path?: string } {
  const { UMA_FUZZ_RUNS, UMA_FUZZ_SEED, UMA_FUZZ_PATH } = process.env;
  const asked = Number(UMA_FUZZ_RUNS);
  const long = Number.isSafeInteger(asked) && asked > 0;
  const seed = UMA_FUZZ_SEED !== undefined ? Number(UMA_FUZZ_SEED) : long ? Date.now() % 2 ** 31 : usualSeed;
  const path = UMA_FUZZ_PATH === undefined ? {} : { path: UMA_FUZZ_PATH };
  return { numRuns: long ? asked : usualRuns, seed, ...path };
}

/** The time a test of `usualRuns` may take: what it usually may, and more as it is asked for more. */
export function fuzzTimeoutMs(usualRuns: number, usualMs: number): number {
  return usualMs * Math.max(1, fuzz(usualRuns).numRuns / usualRuns);
}

/** What a parser of JSON makes of a member with this name is an own property; a careless copy would set the prototype. */
export const pollution = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';

/** Fails where something has written to what every object inherits from. */
export function watchPrototypes(): () => void {
  const watched = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Promise.prototype];
  const keys = () => watched.map((one) => Reflect.ownKeys(one).length);
  const before = keys().join();
  return () => {
    if (keys().join() !== before || 'polluted' in {}) throw new Error('a prototype was written to');
  };
}

/** A value to be made inside a property: many of them do not survive being looked at, and none can be printed. */
interface Odd {
  odd: string;
  make(): unknown;
}

/** Whatever a value can be, with the odd ones often: what throws when it is looked at, copied, counted or written. */
export function oddValue(): fc.Arbitrary<Odd> {
  const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, maxDepth: 2 });
  return fc.oneof(
    { weight: 3, arbitrary: anything.map((value) => ({ odd: fc.stringify(value).slice(0, 500), make: () => value })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...oddTexts.map((text) => ({ odd: `text ${text.slice(0, 40)}`, make: () => text }))),
    },
    { weight: 3, arbitrary: fc.constantFrom(...Object.entries(oddObjects).map(([odd, make]) => ({ odd, make }))) },
  );
}

/** Makes every odd value inside; what is around them is copied member by member, also one that is called `__proto__`. */
export function madeUp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(madeUp);
  if (typeof value !== 'object' || value === null) return value;
  if ('odd' in value && 'make' in value) return (value as Odd).make();
  const made = {};
  for (const [name, inside] of Object.entries(value)) {
    const own = { writable: true, enumerable: true, configurable: true };
    Object.defineProperty(made, name, { value: madeUp(inside), ...own });
  }
  return made;
}

export const oddTexts = [
  '', ' ', '\u0000', '\ud800', '\ufffd\u202e', '__proto__', 'constructor', 'prototype', 'toString', '[object Object]',
  'null', '-1', '1e999', 'NaN', 'a.b.c', 'e30.e30.e30', 'eyJhbGciOiJub25lIn0.e30.', 'http://evil.example/', '//x', '/..',
  'javascript:alert(1)', 'http://[::1', 'a\r\nb: c', '💡'.repeat(50), 'x'.repeat(100_000), '%', '%00', '\u2028',
]; // biome-ignore format: a list to read through

const refuses = (): never => {
  throw new TypeError('touched');
};
const oddObjects: Record<string, () => unknown> = {
  'members called __proto__ and constructor': () => JSON.parse(pollution),
  cycle: () => {
    const cycle: Record<string, unknown> = { id: 'x' };
    cycle.self = cycle;
    return cycle;
  },
  'getter that throws': () => Object.defineProperty({}, 'id', { enumerable: true, get: refuses }),
  'no text': () => ({ toString: refuses, valueOf: refuses, [Symbol.toPrimitive]: refuses }),
  'toJSON that throws': () => ({ toJSON: refuses }),
  // biome-ignore lint/suspicious/noThenProperty: that is what is odd about it
  'then that throws': () => ({ then: refuses }),
  frozen: () => Object.freeze({ id: 'x', share: 'y' }),
  'no prototype': () => Object.create(null, { id: { value: 'x', enumerable: true } }),
  'proxy that throws': () =>
    new Proxy({}, { get: refuses, has: refuses, ownKeys: refuses, getPrototypeOf: refuses, set: refuses }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  symbol: () => Symbol('odd'),
  function: () => refuses,
  map: () => new Map([['id', 1]]),
  'error with odd members': () => Object.assign(new Error('odd'), { code: 7, hint: refuses }),
  'error whose code throws': () => Object.defineProperty(new Error('odd'), 'code', { get: refuses }),
  'no UTF-8': () => Buffer.from([0xff, 0xfe, 0x00]),
  'no date': () => new Date(Number.NaN),
  'largest integer': () => Number.MAX_SAFE_INTEGER,
  '2^31': () => 2 ** 31,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  bigint: () => 10n ** 30n,
  'deep array': () => JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`),
};

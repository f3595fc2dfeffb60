import assert from 'node:assert/strict';
import { type Home, hashOf, makeHome, presented, requirement } from './small-home.ts';

/** Everything about one message and the home it comes to, one word or number each. */
interface Case {
  token: 'good' | 'none' | 'garbage' | 'other issuer' | 'other audience';
  scheme: 'DPoP' | 'Bearer';
  acceptBearer: boolean;
  named: boolean;
  bound: 'own' | 'heater' | 'not';
  known: boolean;
  serverBindsKeys: boolean;
  state: 'active' | 'provisioned' | 'quarantined' | 'retired';
  denied: boolean;
  proofKey: 'own' | 'heater';
  proofFits: boolean;
  replayed: boolean;
  expiresIn: number;
  permissionExpiresIn: number;
  windowEndsIn: number;
  once: boolean;
  used: boolean;
  held: string[];
  wanted: string[];
  answerAge: number;
  clockBehind: number;
  setUp: boolean;
  headers: 1 | 2;
}

/** security.md in plain words: may this message pass? Leeway 5 s, answers at most 300 s old. */
function model(c: Case): boolean {
  // Token present, and only one; server known.
  if (c.token === 'none' || c.headers === 2 || !c.setUp) return false;
  // Signature, iss, aud, exp.
  if (c.token !== 'good' || c.expiresIn <= -5) return false;
  // Denylist and state: suspended and retired devices may nothing. What is not ours is not in the registry.
  if (c.denied) return false;
  if (c.named && c.known && (c.state === 'quarantined' || c.state === 'retired')) return false;
  // Nobody named: nobody passes, whatever the proof says.
  if (!c.named) return false;
  if (c.scheme === 'Bearer') {
    // A token without a key, and only where the settings allow the unsafe.
    if (!c.acceptBearer || c.bound !== 'not') return false;
  } else {
    // The proof is for this request, this token, now, and once.
    if (!c.proofFits || c.replayed) return false;
    // Where the token is bound, to the key of the proof.
    if (c.bound !== 'not' && c.bound !== c.proofKey) return false;
    // A current registered key of the device that the server names; for foreign devices cnf stands for it.
    if (c.known ? c.proofKey !== 'own' : c.bound === 'not' || !c.serverBindsKeys) return false;
  }
  // Permissions: every scope, of this resource, not past their own end.
  if (c.permissionExpiresIn <= -5 || c.wanted.length === 0) return false;
  // Conditions: within the hours, by our clock alone; and what is for one message has not had it.
  if (c.windowEndsIn <= 0 || (c.once && c.used)) return false;
  if (!c.wanted.every((scope) => c.held.includes(scope))) return false;
  // The server was heard lately, and the clock is not behind what it once was.
  return c.answerAge <= 300 && c.clockBehind <= 5;
}

/** A small generator of the same numbers every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Mostly harmless values, so that single faults and good messages are common too. */
function randomCase(random: () => number): Case {
  const pick = <T>(usual: T, ...others: T[]): T =>
    random() < 0.88 ? usual : (others[Math.floor(random() * others.length)] ?? usual);
  return {
    token: pick<Case['token']>('good', 'none', 'garbage', 'other issuer', 'other audience'),
    scheme: pick<Case['scheme']>('DPoP', 'Bearer'),
    acceptBearer: random() < 0.5,
    named: pick(true, false),
    bound: pick<Case['bound']>('own', 'heater', 'not', 'not'),
    known: random() < 0.7,
    serverBindsKeys: random() < 0.7,
    state: pick<Case['state']>('active', 'provisioned', 'quarantined', 'retired'),
    denied: pick(false, true),
    proofKey: pick<Case['proofKey']>('own', 'heater'),
    proofFits: pick(true, false),
    replayed: pick(false, true),
    expiresIn: pick(300, 1, 0, -4, -5, -6, -600),
    permissionExpiresIn: pick(300, 1, -4, -5, -600),
    windowEndsIn: pick(3000, 1, 0, -4, -600),
    once: random() < 0.3,
    used: pick(false, true),
    held: pick(['start'], [], ['stop'], ['start', 'stop']),
    wanted: pick(['start'], ['start', 'stop'], [], ['stop']),
    answerAge: pick(0, 299, 300, 301, 100_000),
    clockBehind: pick(0, 5, 6, 10_000),
    setUp: pick(true, false),
    headers: pick<Case['headers']>(1, 2),
  };
}

async function arrange(c: Case): Promise<Home> {
  const home = await makeHome({
    serverBindsKeys: c.serverBindsKeys,
    ...(c.setUp ? {} : { reading: () => undefined }),
  });
  home.time.heardMs -= c.answerAge * 1000;
  home.time.highestMs += c.clockBehind * 1000;
  if (!c.known) home.devices.delete('thermostat');
  else home.devices.set('thermostat', { state: c.state, thumbprints: [home.thermostat.thumbprint] });
  return home;
}

async function rptOf(home: Home, c: Case): Promise<string> {
  const now = home.time.nowMs / 1000;
  const bindings = {
    own: { jkt: home.thermostat.thumbprint },
    heater: { jkt: home.heater.thumbprint },
    not: undefined,
  };
  return home.rpt({
    ...(c.token === 'other issuer' ? { iss: 'http://evil.example' } : {}),
    ...(c.token === 'other audience' ? { aud: 'another' } : {}),
    client_id: c.named ? 'thermostat' : undefined,
    cnf: bindings[c.bound],
    iat: now - 1000,
    exp: now + c.expiresIn,
    permissions: [
      {
        ...{ resource_id: 'dishwasher', resource_scopes: c.held, share: 'share-1' },
        ...{ exp: now + c.permissionExpiresIn, window_end: now + c.windowEndsIn },
        ...(c.once && { once: true }),
      },
      { resource_id: 'oven', resource_scopes: ['start', 'stop'] },
    ],
  });
}

async function decided(c: Case): Promise<{ allowed: boolean; reason?: string }> {
  const home = await arrange(c);
  const rpt = c.token === 'garbage' ? 'gar.ba.ge' : await rptOf(home, c);
  if (c.used) home.used.add('share-1');
  if (c.denied) home.denials.set(hashOf(rpt), 'revoked');
  const proof = home.proof(rpt, {
    key: c.proofKey === 'own' ? home.thermostat : home.heater,
    ...(c.proofFits ? {} : { method: 'DELETE' }),
  });
  const message = presented(rpt, proof, {
    authorization: c.token === 'none' ? [] : Array.from({ length: c.headers }, () => `${c.scheme} ${rpt}`),
    ...(c.token === 'none' && c.headers === 2 ? { dpop: [proof, proof] } : {}),
  });
  const wish = requirement({
    acceptBearer: c.acceptBearer,
    permissions: [{ resource: 'dishwasher', scopes: c.wanted }],
  });
  if (c.replayed) {
    await home.decide(message, wish, () => {});
    // That it was used is another matter than that the proof was.
    if (!c.used) home.used.clear();
  }
  let passed = false;
  const decision = await home.decide(message, wish, () => {
    passed = true;
  });
  assert.equal(passed, decision.allowed);
  if (passed) assert.equal(home.used.has('share-1'), c.once || c.used, 'one message is one message');
  return decision;
}

describe('decide: allows only where a plain model of security.md does', () => {
  const SEED = 20_261_123;
  it(`in 1,500 random cases (seed ${SEED})`, async function () {
    this.timeout(60_000);
    const random = seeded(SEED);
    let allowed = 0;
    for (let n = 0; n < 1500; n += 1) {
      const c = randomCase(random);
      const decision = await decided(c);
      assert.equal(decision.allowed, model(c), `${decision.reason ?? 'allowed'} in case ${n}: ${JSON.stringify(c)}`);
      if (decision.allowed) allowed += 1;
    }
    assert.ok(allowed > 100 && allowed < 1400, `both answers are common (${allowed} allowed)`);
  });

  it('where every single thing is as it should be', async () => {
    const good = randomCase(() => 0.5);
    assert.equal(model(good), true);
    assert.equal((await decided(good)).allowed, true);
  });
});

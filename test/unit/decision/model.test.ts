import assert from 'node:assert/strict';
import { createHmac, sign } from 'node:crypto';
import fc from 'fast-check';
import { checkDpop } from '../../../lib/proof/dpop-check.ts';
import { fuzz, fuzzTimeoutMs } from '../../support/fuzz.ts';
import { type Home, hashOf, makeHome, makeServerKey, presented, requirement, URL_OF_START } from './small-home.ts';

/** Everything about one message and the home it comes to, one word or number each. Times are seconds. */
interface Case {
  token: 'good' | 'none' | 'garbage' | 'other issuer' | 'other audience';
  signed: 'by the server' | 'by another' | 'not at all' | 'by HMAC with the public key';
  type: 'at+jwt' | 'JWT';
  scheme: 'DPoP' | 'Bearer';
  acceptBearer: boolean;
  named: boolean;
  bound: 'own' | 'heater' | 'not';
  known: boolean;
  serverBindsKeys: boolean;
  state: 'active' | 'provisioned' | 'quarantined' | 'retired';
  denied: false | 'revoked' | 'quarantined';
  proofKey: 'own' | 'heater';
  proofIs:
    | 'right'
    | 'for another method'
    | 'for another path'
    | 'for another address'
    | 'for another token'
    | 'missing'
    | 'twice';
  proofAge: number;
  nonce: 'none' | 'ours' | 'stranger’s';
  replayed: boolean;
  issuedIn: number;
  expiresIn: number;
  permissionExpiresIn: number;
  windowEndsIn: number;
  /** The first permission is for one message, and `used`: it has had it. */
  once: boolean;
  used: boolean;
  held: string[];
  heldToo: string[];
  wanted: string[];
  leeway: number;
  maxAnswerAge: number;
  answerAge: number;
  clockBehind: number;
  setUp: boolean;
  headers: 1 | 2;
  /** What happens while the proof is being looked at. */
  meanwhile: 'nothing' | 'revoked' | 'quarantined' | 'retired' | 'key replaced' | '400 s pass';
}

/** security.md in plain words: may this message pass? */
function model(c: Case): boolean {
  const leeway = Math.min(Math.max(c.leeway, 0), 60);
  // Token present, and only one; server known.
  if (c.token === 'none' || c.headers === 2 || !c.setUp) return false;
  // Signature, iss, aud; algorithms are never the token's choice.
  if (c.token !== 'good' || c.signed !== 'by the server' || c.type !== 'at+jwt') return false;
  // Denylist and state: suspended and retired devices may nothing. What is not ours is not in the registry.
  const state = c.meanwhile === 'quarantined' || c.meanwhile === 'retired' ? c.meanwhile : c.state;
  if (c.denied || c.meanwhile === 'revoked') return false;
  if (c.named && c.known && [c.state, state].some((one) => one === 'quarantined' || one === 'retired')) return false;
  // Nobody named: nobody passes, whatever the proof says.
  if (!c.named) return false;
  if (c.scheme === 'Bearer') {
    // A token without a key, and only where the settings allow the unsafe.
    if (!c.acceptBearer || c.bound !== 'not' || c.proofIs === 'twice') return false;
  } else {
    // The proof is for this request, this token, now, and once.
    if (c.proofIs !== 'right' || c.replayed) return false;
    if (c.nonce === 'stranger’s') return false;
    if (c.nonce === 'none' && (c.proofAge > 90 || c.proofAge < -leeway)) return false;
    // Where the token is bound, to the key of the proof.
    if (c.bound !== 'not' && c.bound !== c.proofKey) return false;
    // A current registered key of the device that the server names; for foreign devices cnf stands for it.
    if (c.known && (c.proofKey !== 'own' || c.meanwhile === 'key replaced')) return false;
    if (!c.known && (c.bound === 'not' || !c.serverBindsKeys)) return false;
  }
  // What was looked at early must have held then, and everything must hold in the last step.
  return (
    c.expiresIn > -leeway && c.clockBehind <= leeway && holdsAfter(c, c.meanwhile === '400 s pass' ? 400 : 0, leeway)
  );
}

function holdsAfter(c: Case, seconds: number, leeway: number): boolean {
  if (c.expiresIn - seconds <= -leeway || c.issuedIn - seconds > leeway) return false;
  // Permissions: every scope, of this resource, not past its own end.
  const isAlive = c.permissionExpiresIn - seconds > -leeway;
  // Conditions: within the hours, by our clock alone; and what is for one message has not had it.
  const isOpen = c.windowEndsIn - seconds > 0 && !(c.once && c.used);
  const held = [...(isAlive && isOpen ? c.held : []), ...c.heldToo];
  if (c.wanted.length === 0 || !c.wanted.every((scope) => held.includes(scope))) return false;
  // The server was heard lately, and the clock is not behind what it once was.
  return c.answerAge + seconds <= c.maxAnswerAge && c.clockBehind - seconds <= leeway;
}

/** A message takes what is for one message only where nothing else gives what it wants. */
const usesUp = (c: Case): boolean => c.once && !c.wanted.every((scope) => c.heldToo.includes(scope));

/** Mostly harmless, so that single faults and good messages are common too; shrinks towards what is harmless. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 14, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

const anyCase: fc.Arbitrary<Case> = fc.record<Case>({
  token: mostly<Case['token']>('good', 'none', 'garbage', 'other issuer', 'other audience'),
  signed: mostly<Case['signed']>('by the server', 'by another', 'not at all', 'by HMAC with the public key'),
  type: mostly<Case['type']>('at+jwt', 'JWT'),
  scheme: mostly<Case['scheme']>('DPoP', 'Bearer', 'Bearer'),
  acceptBearer: fc.boolean(),
  named: mostly(true, false),
  bound: mostly<Case['bound']>('own', 'heater', 'not', 'not'),
  known: fc.constantFrom(true, true, false),
  serverBindsKeys: fc.constantFrom(true, true, false),
  state: mostly<Case['state']>('active', 'provisioned', 'quarantined', 'retired'),
  denied: mostly<Case['denied']>(false, 'revoked', 'quarantined'),
  proofKey: mostly<Case['proofKey']>('own', 'heater'),
  proofIs: mostly<Case['proofIs']>(
    'right',
    ...([
      'for another method',
      'for another path',
      'for another address',
      'for another token',
      'missing',
      'twice',
    ] as const),
  ),
  proofAge: mostly(0, 89, 90, 91, 1_000, -4, -5, -6, -61, -1_000),
  nonce: fc.constantFrom<Case['nonce']>('none', 'none', 'ours', 'ours', 'ours', 'stranger’s'),
  replayed: mostly(false, true),
  issuedIn: mostly(-1_000, 0, 4, 5, 6, 60, 61, 1_000),
  expiresIn: mostly(600, 300, 1, 0, -4, -5, -6, -59, -60, -600),
  permissionExpiresIn: mostly(600, 300, 1, 0, -4, -5, -60, -600),
  windowEndsIn: mostly(3_000, 401, 400, 1, 0, -4, -600),
  once: fc.constantFrom(false, false, true),
  used: mostly(false, true),
  held: mostly(['start'], [], ['stop'], ['start', 'stop']),
  heldToo: mostly<string[]>([], ['start'], ['stop']),
  wanted: mostly(['start'], ['start', 'stop'], [], ['stop']),
  leeway: mostly(5, 0, 60, 600, -3),
  maxAnswerAge: mostly(700, 300, 30, 0),
  answerAge: mostly(0, 29, 30, 31, 299, 300, 301, 100_000),
  clockBehind: mostly(0, 5, 6, 60, 61, 10_000),
  setUp: mostly(true, false),
  headers: mostly<Case['headers']>(1, 2),
  meanwhile: mostly<Case['meanwhile']>('nothing', 'revoked', 'quarantined', 'retired', 'key replaced', '400 s pass'),
});

/** The home; `begin` lets what happens meanwhile happen from now on. */
async function arrange(c: Case): Promise<{ home: Home; begin(rpt: string): void }> {
  let happens: ((home: Home) => void) | undefined;
  const home: Home = await makeHome({
    serverBindsKeys: c.serverBindsKeys,
    checkProof(headers, check) {
      const verdict = checkDpop(headers, check);
      happens?.(home);
      return verdict;
    },
    ...(c.setUp ? {} : { reading: () => undefined }),
  });
  home.time.heardMs -= c.answerAge * 1000;
  home.time.highestMs += c.clockBehind * 1000;
  const own = { state: c.state as string, thumbprints: [home.thermostat.thumbprint] };
  if (c.known) home.devices.set('thermostat', own);
  else home.devices.delete('thermostat');
  const begin = (rpt: string) => {
    happens = () => {
      if (c.meanwhile === 'revoked') home.denials.set(hashOf(rpt), 'revoked');
      if (c.meanwhile === 'quarantined' || c.meanwhile === 'retired') own.state = c.meanwhile;
      if (c.meanwhile === 'key replaced') own.thumbprints = [home.heater.thumbprint];
      if (c.meanwhile === '400 s pass') home.time.nowMs += 400_000;
    };
  };
  return { home, begin };
}

async function rptOf(home: Home, c: Case): Promise<string> {
  const now = home.time.nowMs / 1000;
  const bindings = {
    own: { jkt: home.thermostat.thumbprint },
    heater: { jkt: home.heater.thumbprint },
    not: undefined,
  };
  const good = await home.rpt(
    {
      ...(c.token === 'other issuer' ? { iss: 'http://evil.example' } : {}),
      ...(c.token === 'other audience' ? { aud: 'another' } : {}),
      client_id: c.named ? 'thermostat' : undefined,
      cnf: bindings[c.bound],
      iat: now + c.issuedIn,
      exp: now + c.expiresIn,
      permissions: [
        {
          ...{ resource_id: 'dishwasher', resource_scopes: c.held, share: 'share-1', exp: now + c.permissionExpiresIn },
          ...{ window_end: now + c.windowEndsIn, ...(c.once && { once: true }) },
        },
        { resource_id: 'oven', resource_scopes: ['start', 'stop'] },
        { resource_id: 'dishwasher', resource_scopes: c.heldToo },
      ],
    },
    { typ: c.type },
  );
  return c.signed === 'by the server' ? good : forged(home, good, c.signed);
}

/** The same claims under a signature that nobody should believe. */
function forged(home: Home, good: string, how: Case['signed']): string {
  const [, claims = ''] = good.split('.');
  const header = (alg: string) => Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'k1' })).toString('base64url');
  if (how === 'not at all') return `${header('none')}.${claims}.`;
  if (how === 'by another') return `${good.slice(0, good.lastIndexOf('.'))}.${signatureOf(makeServerKey(), good)}`;
  const input = `${header('HS256')}.${claims}`;
  const secret = JSON.stringify(home.serverKey.jwks.keys[0]);
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function signatureOf({ privateKey }: ReturnType<typeof makeServerKey>, token: string): string {
  const input = Buffer.from(token.slice(0, token.lastIndexOf('.')));
  return sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function proofsOf(home: Home, c: Case, rpt: string): string[] {
  if (c.proofIs === 'missing') return [];
  const proof = home.proof(c.proofIs === 'for another token' ? `${rpt}x` : rpt, {
    key: c.proofKey === 'own' ? home.thermostat : home.heater,
    nowMs: home.time.nowMs - c.proofAge * 1000,
    ...(c.proofIs === 'for another method' ? { method: 'DELETE' } : {}),
    ...(c.proofIs === 'for another path' ? { url: URL_OF_START.replace('dishwasher', 'oven') } : {}),
    ...(c.proofIs === 'for another address' ? { url: URL_OF_START.replace('127.0.0.1', 'evil.example') } : {}),
    ...(c.nonce === 'ours' ? { nonce: home.proofState.nonces.issue(home.time.nowMs) } : {}),
    ...(c.nonce === 'stranger’s' ? { nonce: 'A'.repeat(22) } : {}),
  });
  return c.proofIs === 'twice' ? [proof, proof] : [proof];
}

async function decided(c: Case): Promise<{ allowed: boolean; reason?: string }> {
  const { home, begin } = await arrange(c);
  const rpt = c.token === 'garbage' ? 'gar.ba.ge' : await rptOf(home, c);
  if (c.denied) home.denials.set(hashOf(rpt), c.denied);
  const message = presented(rpt, '', {
    authorization: c.token === 'none' ? [] : Array.from({ length: c.headers }, () => `${c.scheme} ${rpt}`),
    dpop: proofsOf(home, c, rpt),
  });
  const wish = requirement({
    acceptBearer: c.acceptBearer,
    leewaySeconds: c.leeway,
    maxAnswerAgeMs: c.maxAnswerAge * 1000,
    permissions: [{ resource: 'dishwasher', scopes: c.wanted }],
  });
  if (c.used) home.used.add('share-1');
  if (c.replayed) await home.decide(message, wish, () => {});
  // That it was used is another matter than that the proof was.
  if (!c.used) home.used.clear();
  begin(rpt);
  let passed = 0;
  const decision = await home.decide(message, wish, () => {
    passed += 1;
  });
  assert.equal(passed, decision.allowed ? 1 : 0);
  assert.equal(home.used.has('share-1'), c.used || (decision.allowed && usesUp(c)), 'one message is one message');
  return decision;
}

const runs = 1_000;

describe('decide: allows only where a plain model of security.md does', () => {
  it('in random cases', async function () {
    this.timeout(fuzzTimeoutMs(runs, 60_000));
    let allowed = 0;
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(anyCase, async (c) => {
        const decision = await decided(c);
        assert.equal(decision.allowed, model(c), decision.reason ?? 'allowed');
        cases += 1;
        if (decision.allowed) allowed += 1;
      }),
      fuzz(runs),
    );
    assert.ok(
      allowed > cases / 20 && allowed < cases * 0.9,
      `both answers are common (${allowed} of ${cases} allowed)`,
    );
  });

  it('where every single thing is as it should be', async () => {
    const good: Case = {
      ...{ token: 'good', signed: 'by the server', type: 'at+jwt', scheme: 'DPoP', acceptBearer: false, named: true },
      ...{ bound: 'own', known: true, serverBindsKeys: true, state: 'active', denied: false, proofKey: 'own' },
      ...{ proofIs: 'right', proofAge: 0, nonce: 'none', replayed: false, issuedIn: 0, expiresIn: 300 },
      ...{ windowEndsIn: 3_000, once: true, used: false },
      ...{ permissionExpiresIn: 300, held: ['start'], heldToo: [], wanted: ['start'], leeway: 5, maxAnswerAge: 300 },
      ...{ answerAge: 0, clockBehind: 0, setUp: true, headers: 1, meanwhile: 'nothing' },
    };
    assert.equal(model(good), true);
    assert.equal((await decided(good)).allowed, true);
  });
});

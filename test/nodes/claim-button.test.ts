/** What the canvas button of *claim* asks and is told through Node-RED's admin root. */
import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { ClaimOutcome, ClaimWait } from '../../lib/gateway/gateway.ts';
import { aFlow, type Running, withNodeRed } from './a-flow.ts';

const path = '/uma-home/claims/under-test';
/** Whoever comes may do all, and still it is a login. */
const withLogin = { adminAuth: { type: 'credentials', users: [], default: { permissions: '*' } } };
const claiming = { type: 'device-identity', action: 'claim', deviceType: 'config', device: 'n-thermostat' };
const get = (where = path) => helper.request().get(where).set('x-uma-home', '1');
const press = (where = path) => helper.request().post(where).set('x-uma-home', '1').send({});

interface Claim {
  flow: Running;
  said: { resolve(outcome: ClaimOutcome): void; reject(error: Error): void };
  wait: ClaimWait;
}

/** A node that claims, and the owner's answer as a switch. */
async function aClaim(host = 'home.example', scheme = 'https'): Promise<Claim> {
  const flow = await aFlow(claiming);
  const claim: Claim = { flow, said: { resolve() {}, reject() {} }, wait: 'waiting' };
  const outcome = new Promise<ClaimOutcome>((resolve, reject) => Object.assign(claim.said, { resolve, reject }));
  const page = `${scheme}://${host}:1862/device`;
  const code = { userCode: 'BCDF-GHJK', verificationUri: page, verificationUriComplete: `${page}?user_code=BCDF-GHJK` };
  flow.fake().answers.claim = async () => ({
    code: { ...code, expiresAtMs: 1_900_000_000_000 },
    outcome,
    wait: () => claim.wait,
  });
  return claim;
}

describe('the canvas button of claim', () => {
  withNodeRed(withLogin);

  it('asks as a message would: the code leaves the node and is shown, with its picture and the key’s fingerprint', async () => {
    const { flow } = await aClaim();
    assert.deepEqual((await get()).body, { phase: 'idle' });
    assert.equal((await press()).status, 200);
    assert.equal((await flow.next(1)).uma?.user_code, 'BCDF-GHJK');
    const { qr, ...rest } = (await get()).body;
    assert.match(String(qr), /^data:image\/svg\+xml;base64,/);
    assert.deepEqual(rest, {
      ...{ phase: 'waiting', device: 'Thermostat', userCode: 'BCDF-GHJK', fingerprint: 'abc' },
      page: 'https://home.example:1862/device',
      link: 'https://home.example:1862/device?user_code=BCDF-GHJK',
      untilMs: 1_900_000_000_000,
    });
  });

  it('shows no picture that no phone could open, and says why', async () => {
    for (const [host, scheme, why] of [
      ['127.0.0.1', 'http', 'this-computer'],
      ['localhost', 'https', 'this-computer'],
      ['pi.home', 'http', 'not-encrypted'],
    ] as const) {
      const { flow } = await aClaim(host, scheme);
      await press();
      await flow.next(1);
      const { qr, unreachable } = (await get()).body;
      assert.deepEqual([qr, unreachable], [undefined, why], `${scheme}://${host}`);
      await helper.unload();
    }
  });

  it('tells that the server wants to be asked less often, or does not answer', async () => {
    const claim = await aClaim();
    await press();
    await claim.flow.next(1);
    for (const wait of ['slow-down', 'away', 'waiting'] as const) {
      claim.wait = wait;
      assert.equal((await get()).body.phase, wait);
    }
  });

  it('pressed while the owner is waited for, it asks nothing anew and takes no message’s place', async () => {
    const { flow, said } = await aClaim();
    flow.give({ topic: 'mine' });
    await flow.next(1);
    assert.equal((await press()).body.userCode, 'BCDF-GHJK');
    said.resolve('claimed');
    const { topic, uma } = await flow.next(1);
    assert.deepEqual([topic, uma?.outcome], ['mine', 'claimed']);
    assert.deepEqual(flow.seen(1).length, 2);
  });

  for (const [outcome, sentence] of [
    ['claimed', 'Thermostat belongs to alice.'],
    ['denied', 'Thermostat was refused: the owner said no.'],
    ['expired', 'Nobody answered the code of Thermostat in time.'],
  ] as const)
    it(`${outcome}: says so, and shows the code no more`, async () => {
      const { flow, said } = await aClaim();
      await press();
      await flow.next(1);
      said.resolve(outcome);
      await flow.next(1);
      assert.deepEqual((await get()).body, { phase: outcome, sentence });
    });

  it('what keeps it from asking is said in the editor’s language', async () => {
    const flow = await aFlow(claiming);
    flow.fake().answers.claim = async () => {
      throw Object.assign(new Error('no'), { code: 'device_elsewhere', hint: { key: 'hint.device_elsewhere' } });
    };
    await press();
    await flow.next(3);
    const [english, german] = [(await get()).body, (await get().set('accept-language', 'de')).body];
    assert.deepEqual([english.phase, german.phase], ['failed', 'failed']);
    assert.notEqual(english.sentence, german.sentence);
  });

  it('presses no node that does not claim', async () => {
    const flow = await aFlow({ ...claiming, action: 'retire' });
    for (const where of [path, '/uma-home/claims/unknown', '/uma-home/claims/n-home'])
      assert.deepEqual([(await get(where)).status, (await press(where)).status], [404, 404], where);
    assert.deepEqual(flow.fake().calls('retire'), []);
  });
});

describe('the canvas button of claim in an editor without a login', () => {
  withNodeRed();

  it('asks nobody, and shows no code of what a flow asked: anybody may be who looks', async () => {
    const { flow } = await aClaim();
    assert.deepEqual((await press()).body, { phase: 'no-login' });
    assert.deepEqual(flow.fake().calls('claim'), []);
    flow.give({});
    await flow.next(1);
    assert.deepEqual((await get()).body, { phase: 'no-login' });
  });
});

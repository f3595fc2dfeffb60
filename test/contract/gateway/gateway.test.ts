/** A whole gateway with the built-in server in this process, and no Node-RED: the way of a message from both sides. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Owner, signIn } from '../../../demo/owner.ts';
import type { Presented } from '../../../lib/decision/decision.ts';
import type { Gateway, GatewaySettings, ProvedHeaders, Standing } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { freePort } from '../../support/free-port.ts';

const address = 'http://127.0.0.1:1880';
const password = 'a long enough password';
const wish = { device: 'thermostat', resource: 'dishwasher', scopes: ['start'], method: 'POST', url: '/start' };
const check = {
  resource: 'dishwasher',
  scopes: ['start'],
  maxAnswerAgeMs: 300_000,
  leewaySeconds: 5,
  acceptBearer: false,
};

function settingsIn(userDir: string, port: number): GatewaySettings {
  return {
    userDir,
    connection: 'home',
    server: { kind: 'built-in', port },
    addresses: () => [address],
    owner: { name: 'alice', password },
    name: 'a gateway under test',
    log: () => {},
  };
}

/** Waits for a standing, without looking at a clock. */
function untilStanding(gateway: Gateway, wanted: (standing: Standing) => boolean): Promise<Standing> {
  return new Promise((resolve) => {
    const stop = gateway.watchStanding(look);
    function look(): void {
      const standing = gateway.standing();
      if (!wanted(standing)) return;
      stop();
      resolve(standing);
    }
    look();
  });
}

async function connect(gateway: Gateway): Promise<Owner> {
  const standing = await untilStanding(gateway, ({ phase }) => phase === 'waiting-for-owner' || phase === 'ready');
  const owner = await signIn(gateway.issuer, 'alice', password);
  if (standing.phase === 'waiting-for-owner') await owner.approve(standing.userCode);
  await untilStanding(gateway, ({ phase }) => phase === 'ready');
  return owner;
}

function presented({ authorization = '', dpop = '' }: ProvedHeaders): Presented {
  return { authorization: [authorization], dpop: [dpop], method: 'POST', target: '/start', source: '127.0.0.1' };
}

/** Resolves when the gateway stands so. */
async function standing(gateway: Gateway, phase: Standing['phase']): Promise<void> {
  await untilStanding(gateway, (found) => found.phase === phase);
}

async function proved(gateway: Gateway): Promise<ProvedHeaders> {
  const answer = await gateway.headers(wish, undefined, AbortSignal.timeout(10_000));
  assert.equal(answer.outcome, 'allowed', JSON.stringify(answer));
  return answer as ProvedHeaders;
}

async function verdict(gateway: Gateway, headers: ProvedHeaders): Promise<string> {
  let passed = 0;
  const decision = await gateway.check(presented(headers), check, () => {
    passed += 1;
  });
  assert.equal(passed, decision.allowed ? 1 : 0);
  return decision.allowed ? 'passed' : decision.reason;
}

/** The first message of a thing that is not registered yet is told so; a flow would simply send the next. */
async function registered(gateway: Gateway): Promise<void> {
  for (;;) {
    const answer = await gateway.headers(wish, undefined, AbortSignal.timeout(10_000));
    if (answer.outcome !== 'unreachable') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a gateway and its built-in server', () => {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-gateway-'));
  let gateway: Gateway;
  let port = 0;

  async function open(): Promise<Owner> {
    gateway = await openGateway(settingsIn(userDir, port)).gateway;
    gateway.holdDevice({ key: 'thermostat', name: 'Thermostat', algorithm: 'ES256' });
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start'], critical: false });
    return connect(gateway);
  }

  const share = async (): Promise<string> => {
    const owner = await gateway.owner();
    const party = { kind: 'device' as const, id: gateway.deviceId('thermostat') ?? '' };
    const resource = gateway.resourceId('dishwasher') ?? '';
    return (await owner.grant({ resource, party, scopes: ['start'], conditions: {} })).id;
  };

  before(async () => {
    port = await freePort();
    await open();
  });
  after(async () => {
    await closeAll();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('asks the owner for a device that nobody shared with (UMA Grant 3.3.6, request_submitted)', async () => {
    await registered(gateway);
    const answer = await gateway.headers(wish, undefined, AbortSignal.timeout(10_000));
    assert.equal(answer.outcome, 'pending');
    const [request] = await (await gateway.owner()).requests();
    assert.equal(request?.deviceName, 'Thermostat');
  });

  it('passes a shared device once per proof, and nothing after the receipt', async () => {
    const id = await share();
    const [first, second] = [await proved(gateway), await proved(gateway)];
    assert.equal(await verdict(gateway, first), 'passed');
    assert.equal(await verdict(gateway, first), 'proof_replayed');
    const { receipt } = await gateway.revoke({ share: id }, { confirmWithinMs: 5_000, why: 'revoked' });
    assert.deepEqual(receipt.unconfirmed, []);
    assert.deepEqual(
      receipt.revoked.map((ended) => ended.share),
      [id],
    );
    assert.equal(await verdict(gateway, second), 'revoked');
  });

  it('lets exactly one of twenty pass who show the same proof at once (RFC 9449 11.1)', async () => {
    await share();
    const headers = await proved(gateway);
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdict(gateway, headers)));
    assert.equal(verdicts.filter((found) => found === 'passed').length, 1);
    assert.equal(verdicts.filter((found) => found === 'proof_replayed').length, 19);
  });

  it('refuses a suspended device at once, and lets it go on when its owner resumes it', async () => {
    const before = await proved(gateway);
    assert.equal((await gateway.suspend('thermostat')).state, 'quarantined');
    assert.equal(await verdict(gateway, before), 'quarantined');
    assert.equal((await gateway.resume('thermostat')).state, 'active');
    assert.equal(await verdict(gateway, await proved(gateway)), 'passed', 'with a new token');
  });

  it('remembers owner, device, resource and what was revoked', async () => {
    const old = await proved(gateway);
    const [device, resource] = [gateway.deviceId('thermostat'), gateway.resourceId('dishwasher')];
    const shares = (await (await gateway.owner()).shares()).items;
    for (const { id } of shares) await gateway.revoke({ share: id }, { confirmWithinMs: 5_000, why: 'revoked' });
    await closeAll();
    await open();
    assert.equal(gateway.deviceId('thermostat'), device);
    assert.equal(gateway.resourceId('dishwasher'), resource);
    assert.notEqual(await verdict(gateway, old), 'passed');
  });

  it('says that everything is stopped until its owner ends that, at once and after a restart', async () => {
    await gateway.revoke({ everything: 'home' }, { confirmWithinMs: 5_000, why: 'panic' });
    assert.deepEqual(gateway.standing(), { phase: 'stopped', link: `${gateway.issuer}/panic` });
    const hint = { key: 'hint.panic', values: { server: gateway.issuer } };
    await assert.rejects(gateway.owner(), { code: 'being_ended', hint }, 'and not that a code is to be approved');
    await closeAll();
    gateway = await openGateway(settingsIn(userDir, port)).gateway;
    await standing(gateway, 'stopped');
    const owner = await signIn(gateway.issuer, 'alice', password);
    await owner.endPanic();
    await standing(gateway, 'ready');
  });

  it('is one gateway for all who open it, until the last has let it go', async () => {
    const [one, two] = [openGateway(settingsIn(userDir, port)), openGateway(settingsIn(userDir, port))];
    assert.equal(await one.gateway, await two.gateway);
    one.release();
    two.release();
    const again = openGateway(settingsIn(userDir, port));
    assert.equal(await again.gateway, await one.gateway, 'a deploy finds it still there');
    again.release();
  });

  it('Test connection says to open the set-up link, where nobody could approve a code yet', async () => {
    const { owner: _nobody, ...settings } = settingsIn(mkdtempSync(join(tmpdir(), 'uma-gateway-')), await freePort());
    const ownerless = openGateway(settings);
    const fresh = await ownerless.gateway;
    await untilStanding(fresh, ({ phase }) => phase === 'no-owner');
    const hints: unknown[] = [];
    for await (const step of fresh.test()) hints.push(step.hint?.key);
    assert.equal(hints.at(-1), 'hint.no_owner');
    await closeAll();
    rmSync(settings.userDir, { recursive: true });
  });

  it('shares its built-in server with a second connection, which is another gateway there', async () => {
    const first = openGateway(settingsIn(userDir, port));
    const second = openGateway({ ...settingsIn(userDir, port), connection: 'second' });
    const [{ issuer }, other] = await Promise.all([first.gateway, second.gateway]);
    assert.equal(other.issuer, issuer);
    await standing(other, 'waiting-for-owner');
    first.release();
    second.release();
  });
});

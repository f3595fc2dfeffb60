import assert from 'node:assert/strict';
import type { TestStep } from '../../../lib/servers/authorization-server.ts';
import { freePort } from '../../support/free-port.ts';
import { type AGateway, aGateway, listenTo } from './a-gateway.ts';
import { type AtHome, atHome } from './at-home.ts';

async function walked({ server }: AGateway): Promise<TestStep[]> {
  const steps: TestStep[] = [];
  for await (const step of server.test()) steps.push(step);
  return steps;
}

const short = (steps: TestStep[]) => steps.map(({ step, ok, hint }) => [step.key, ok, ...(hint ? [hint.key] : [])]);

describe('built-in server, Test connection', () => {
  let home: AtHome;

  beforeEach(async () => {
    home = await atHome();
  });
  afterEach(() => home.close());

  it('walks through every step where all is well', async () => {
    const heard = listenTo(home.gateway);
    await heard.next('alive');
    assert.deepEqual(short(await walked(home.gateway)), [
      ['test.reach', true],
      ['test.keys', true],
      ['test.registered', true],
      ['test.protect', true],
      ['test.events', true],
      ['test.owner', true],
    ]);
  });

  it('says that nobody answers, and stops there', async () => {
    const nowhere = await aGateway({ issuer: `http://127.0.0.1:${await freePort()}` });
    const [step, ...more] = await walked(nowhere);
    assert.equal(step?.ok, false);
    assert.match(String(step?.hint?.key), /^hint\.unreachable/);
    assert.deepEqual(more, []);
    await nowhere.close();
  });

  it('says that the server goes by another name', async () => {
    const alias = await aGateway({ issuer: home.issuer.replace('127.0.0.1', 'localhost') });
    const [step] = await walked(alias);
    assert.equal(step?.ok, false);
    await alias.close();
  });

  it('registers nothing, and says what is to be done next', async () => {
    const fresh = await aGateway({ issuer: home.issuer });
    assert.deepEqual(short(await walked(fresh)), [
      ['test.reach', true],
      ['test.keys', true],
      ['test.registered', false, 'hint.not_joined'],
    ]);
    assert.equal(fresh.server.clientId(), undefined);
    await fresh.close();
  });

  it('shows the code that waits for an owner', async () => {
    const fresh = await aGateway({ issuer: home.issuer });
    fresh.server.join.start();
    await fresh.reaches('waiting-for-owner');
    const last = (await walked(fresh)).at(-1);
    assert.deepEqual([last?.step.key, last?.ok, last?.hint?.key], ['test.protect', false, 'hint.not_joined']);
    await fresh.close();
  });

  it('says that no owner gave authority to share', async () => {
    const modest = await home.another('Modest', { scopes: ['uma_protection'] });
    const last = (await walked(modest)).at(-1);
    assert.deepEqual([last?.step.key, last?.ok], ['test.owner', false]);
    assert.match(String(last?.hint?.key), /^hint\.owner_not_connected/);
  });
});

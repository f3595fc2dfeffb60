/** A gateway speaks the language of its newest settings, and has its server's words in it too. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway, GatewaySettings, Standing } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { say } from '../../../lib/sharing/say.ts';
import type { Text } from '../../../lib/sharing/text.ts';
import { freePort } from '../../support/free-port.ts';
import { signIn } from '../support/home.ts';
import { ownerName as name, ownerPassword as password } from '../support/running-server.ts';

const wish = {
  resource: 'dishwasher',
  scopes: ['start'],
  maxAnswerAgeMs: 300_000,
  leewaySeconds: 5,
  acceptBearer: false,
};

function until(gateway: Gateway, phase: Standing['phase']): Promise<Standing> {
  return new Promise((resolve) => {
    const stop = gateway.watchStanding(look);
    function look(): void {
      const standing = gateway.standing();
      if (standing.phase !== phase) return;
      stop();
      resolve(standing);
    }
    look();
  });
}

describe('the language of a gateway', () => {
  let userDir: string;
  let settings: GatewaySettings;
  beforeEach(async () => {
    userDir = mkdtempSync(join(tmpdir(), 'uma-language-'));
    settings = {
      userDir,
      connection: 'home',
      server: { kind: 'built-in', port: await freePort() },
      addresses: () => ['http://127.0.0.1:1880'],
      owner: { name, password },
      name: 'a gateway under test',
      log: () => {},
    };
  });
  afterEach(async () => {
    await closeAll();
    rmSync(userDir, { recursive: true });
  });

  async function refusal(gateway: Gateway): Promise<{ error_description: string; hint: string }> {
    const presented = { authorization: [], dpop: [], method: 'POST', target: '/start', source: '127.0.0.1' };
    const decision = await gateway.check(presented, wish, () => {});
    assert.ok(!decision.allowed);
    return (await gateway.refuse(decision, wish, '127.0.0.1')).payload;
  }

  it('RFC 6749 5.2: the hint of a refusal is in it, and the error_description in English', async () => {
    const { gateway } = openGateway(settings);
    assert.match((await refusal(await gateway)).hint, /^Finish the set-up/);
    // A deploy that changes nothing but the language leaves the gateway as it is.
    const again = await openGateway({ ...settings, language: 'de' }).gateway;
    assert.equal(again, await gateway);
    const { hint, error_description: description } = await refusal(again);
    assert.match(hint, /^Schließ die Einrichtung ab/);
    assert.match(description, /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  });

  it('what the server says no with is said in it', async () => {
    const gateway = await openGateway({ ...settings, language: 'de' }).gateway;
    const owner = await signIn(gateway.issuer);
    const waiting = await until(gateway, 'waiting-for-owner');
    assert.ok(waiting.phase === 'waiting-for-owner');
    await owner.call('POST', `/api/codes/${waiting.userCode}/approve`, {});
    gateway.holdResource({ key: 'dishwasher', name: 'Dishwasher', scopes: ['start'], critical: false });
    await until(gateway, 'ready');
    while (gateway.resourceId('dishwasher') === undefined) await new Promise((resolve) => setImmediate(resolve));
    const resource = gateway.resourceId('dishwasher') ?? '';
    const party = { kind: 'device', id: 'nobody' } as const;
    const refused = await (await gateway.owner()).grant({ resource, party, scopes: ['fly'], conditions: {} }).then(
      () => assert.fail('it was granted'),
      (error: { hint: Text }) => error,
    );
    assert.equal(say(refused.hint, 'de'), 'Der Server sagt Nein: So etwas lässt sich hier nicht erlauben.');
  });
});

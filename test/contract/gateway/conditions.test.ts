/** Conditions of a share in a whole gateway: the one message, the hours, and what the server hears of them. */
import assert from 'node:assert/strict';
import { EventEmitter, once as eventOnce } from 'node:events';
import type { Gateway } from '../../../lib/gateway/gateway.ts';
import type { ServerChange } from '../../../lib/servers/authorization-server.ts';
import { hoursAround } from '../../support/hours.ts';
import { registerClient, type TestClient } from '../support/test-client.ts';
import { type ListeningGateway, listeningGateway } from './listening-gateway.ts';

/** Resolves when the gateway has heard that the share has ended. */
async function endHeard(gateway: Gateway, share: string): Promise<ServerChange> {
  const news = new EventEmitter();
  const watch = gateway.server.watch((change) => {
    if (change.type === 'share-ended' && change.share === share) news.emit('ended', change);
  });
  const [change] = await eventOnce(news, 'ended', { signal: AbortSignal.timeout(10_000) });
  await watch.close();
  return change;
}

describe('a gateway and the conditions of a share', () => {
  let home: ListeningGateway;
  before(async () => {
    home = await listeningGateway();
  });
  after(() => home.close());

  async function shared(conditions: object, scopes = ['start']): Promise<{ device: TestClient; share: string }> {
    const device = await registerClient(home.gateway().issuer);
    const party = { kind: 'device', id: device.clientId };
    const wish = { resource: home.resource(), party, scopes, conditions };
    const { status, body } = await home.owner.call('POST', '/api/shares', wish);
    assert.equal(status, 201, JSON.stringify(body));
    return { device, share: body.id };
  }

  it('one message passes and the second is used_up; the server ends the share, and that is heard back as such', async () => {
    const { device, share } = await shared({ once: true });
    const token = await home.rpt(device, ['start']);
    const ended = endHeard(home.gateway(), share);
    assert.equal(await home.verdict(device, token, ['start']), 'passed');
    assert.equal(await home.verdict(device, token, ['start']), 'used_up');
    const change = await ended;
    assert.ok(change.type === 'share-ended' && change.why === 'used_up');
    assert.equal(await home.verdict(device, token, ['start']), 'used_up', 'also after the server has told');
    const { items } = (await home.owner.call('GET', '/api/history?limit=1')).body;
    assert.deepEqual([items[0].what, items[0].why, items[0].by.kind], ['share_ended', 'used_up', 'gateway']);
    await home.reopen();
    assert.equal(await home.verdict(device, token, ['start']), 'used_up', 'and after a restart');
  });

  it('of twenty messages at once with one token exactly one passes', async () => {
    const { device } = await shared({ once: true });
    const token = await home.rpt(device, ['start']);
    // The first brings the nonce that this start asks for; it needs a scope that is not there.
    assert.equal(await home.verdict(device, token, ['stop']), 'insufficient_scope');
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => home.verdict(device, token, ['start'])));
    assert.equal(verdicts.filter((found) => found === 'passed').length, 1);
    assert.equal(verdicts.filter((found) => found === 'used_up').length, 19);
  });

  it('a token over that share and another goes on with the other, until that is narrowed', async () => {
    const { device, share } = await shared({ once: true });
    const party = { kind: 'device', id: device.clientId };
    const other = await home.owner.call('POST', '/api/shares', { resource: home.resource(), party, scopes: ['stop'] });
    const token = await home.rpt(device, ['start', 'stop']);
    const ended = endHeard(home.gateway(), share);
    assert.equal(await home.verdict(device, token, ['start']), 'passed');
    await ended;
    assert.equal(await home.verdict(device, token, ['stop']), 'passed');
    assert.equal(await home.verdict(device, token, ['start']), 'used_up');
    const until = Math.floor(Date.now() / 1000) + 3_600;
    await home.owner.call('PATCH', `/api/shares/${other.body.id}`, { conditions: { until } });
    assert.equal(await home.verdict(device, token, ['stop']), 'revoked');
  });

  it('an upgrade (G 3.3.5) brings no permission back that was used', async () => {
    const { device } = await shared({ once: true });
    const party = { kind: 'device', id: device.clientId };
    await home.owner.call('POST', '/api/shares', { resource: home.resource(), party, scopes: ['stop'] });
    const token = await home.rpt(device, ['start']);
    const permissions = [{ resource: home.resource(), scopes: ['stop'] }];
    const role = home.gateway().server.resourceServer;
    const { ticket } = await role.requestTicket(permissions, AbortSignal.timeout(5_000));
    assert.equal(await home.verdict(device, token, ['start']), 'passed');
    const upgraded = (await device.rpt(ticket, { rpt: token })).body.access_token;
    assert.equal(await home.verdict(device, upgraded, ['stop']), 'passed');
    // Whether the server knew already or not: then it is not in the token, or it is and is used up.
    const again = await home.verdict(device, upgraded, ['start']);
    assert.ok(again === 'used_up' || again === 'insufficient_scope', again);
  });

  it('a share that its owner opens for more lets pass whatever is issued from then on', async () => {
    const { device, share } = await shared({ once: true });
    const token = await home.rpt(device, ['start']);
    await home.owner.call('PATCH', `/api/shares/${share}`, { conditions: {} });
    assert.notEqual(await home.verdict(device, token, ['start']), 'passed', 'what was issued before is revoked');
    const next = await home.rpt(device, ['start']);
    for (let time = 0; time < 3; time += 1) assert.equal(await home.verdict(device, next, ['start']), 'passed');
  });

  it('within its hours a share lets pass', async () => {
    const { device } = await shared({ weekly: hoursAround(5, 10).weekly });
    assert.equal(await home.verdict(device, await home.rpt(device, ['start']), ['start']), 'passed');
  });
});

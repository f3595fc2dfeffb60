import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { openEvents } from '../support/event-stream.ts';
import { type Home, openHome } from '../support/home.ts';
import { post } from '../support/test-client.ts';
import { newKey } from '../support/test-key.ts';

describe('rate limits', () => {
  let home: Home;

  before(async () => {
    home = await openHome({ rateLimits: true });
  });
  after(() => home.close());

  it('a client that loops at the token endpoint gets 429, and slows down nobody else', async () => {
    const looping = await home.stranger();
    const replies = await Promise.all(Array.from({ length: 260 }, () => looping.rpt('none')));
    const limited = replies.filter(({ status }) => status === 429);
    assert.ok(limited.length > 0);
    assert.ok(limited.every(({ body }) => body.error === 'too_many_requests'));
    assert.equal((await (await home.stranger()).rpt('none')).body.error, 'invalid_grant');
  });

  it('connections on which nothing is said make room for whoever comes, and for what is under way', async () => {
    const { port } = new URL(home.issuer);
    const events = await openEvents(home.gateway, home.pat);
    const silent: Socket[] = [];
    for (let n = 0; n < 1_100; n += 1) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      silent.push(socket);
      if (n % 100 === 99) await once(socket, 'connect');
    }
    const replies = await Promise.all(Array.from({ length: 20 }, () => home.owner.call('GET', '/api/home')));
    assert.deepEqual(
      replies.map(({ status }) => status),
      replies.map(() => 200),
    );
    await home.share(await home.stranger());
    assert.equal((await events.next(({ data }) => data.type === 'share-granted')).data.type, 'share-granted');
    events.close();
    for (const socket of silent) socket.destroy();
  });

  it('a flood of open registrations gets 429 and says when to come back; the gateway goes on', async () => {
    const metadata = { jwks: { keys: [{}] } };
    const replies = await Promise.all(Array.from({ length: 90 }, () => post(`${home.issuer}/reg`, metadata)));
    const limited = replies.filter(({ status }) => status === 429);
    assert.ok(limited.length > 0);
    assert.ok(Number(limited[0]?.headers.get('retry-after')) >= 1);
    const body = { jwks: { keys: [(await newKey()).publicJwk] } };
    assert.equal((await home.gateway.call('POST', '/reg', home.pat, body)).status, 201);
  });
});

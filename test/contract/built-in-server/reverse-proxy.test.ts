import assert from 'node:assert/strict';
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import { freePort } from '../../support/free-port.ts';
import { sendRaw } from '../support/raw-request.ts';
import { ownerPassword, type ServerPlace, serverPlace } from '../support/running-server.ts';

describe('the server behind a proxy that speaks TLS for it', () => {
  const issuer = 'https://home.example';
  let place: ServerPlace;
  let server: RunningServer;

  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(() => place.remove());

  const start = async (more: object = {}) => {
    server = await place.start({ port: await freePort(), issuer, ...more });
  };
  /** As a proxy on this computer passes it on. */
  const ask = async (method: string, target: string, headers: [string, string][] = [], body?: string) => {
    const common: [string, string][] = [['Host', 'home.example'], ['Connection', 'close'], ...headers];
    const json: [string, string][] = body
      ? [
          ['Content-Type', 'application/json'],
          ['Content-Length', `${body.length}`],
        ]
      : [];
    const answer = await sendRaw(server.port, {
      method,
      target,
      headers: [...common, ...json],
      ...(body && { body: Buffer.from(body) }),
    });
    assert.notEqual(answer, 'closed');
    return answer as Exclude<typeof answer, 'closed'>;
  };
  const metadata = JSON.stringify({ client_name: 'Thermostat' });

  it('answers what comes through it, under the issuer alone, with cookies for TLS', async () => {
    await start();
    const description = await ask('GET', '/.well-known/uma2-configuration');
    assert.equal(JSON.parse(description.text).issuer, issuer);
    const body = JSON.stringify({ name: 'alice', password: ownerPassword });
    const signedIn = await ask('POST', '/api/session', [], body);
    assert.match(signedIn.headers.get('set-cookie') ?? '', /^__Host-.*Secure/);
    assert.equal((await ask('GET', '/jwks', [['Host', 'x']])).status, 421);
  });

  it('takes nobody who comes through it for somebody on this computer, whatever it adds or leaves out', async () => {
    await start();
    for (const headers of [[], [['X-Forwarded-For', '127.0.0.1']], [['X-Forwarded-For', '203.0.113.9']]] as [
      string,
      string,
    ][][])
      assert.equal((await ask('POST', '/reg', headers, metadata)).status, 401, JSON.stringify(headers));
  });

  it('answers nobody who comes around it', async () => {
    await start({ proxies: ['172.18.0.0/16'], host: 'every' });
    assert.equal((await ask('GET', '/jwks')).status, 421);
    assert.equal((await ask('GET', '/jwks', [['X-Forwarded-For', '172.18.0.2']])).status, 421);
  });

  it('counts guesses by whom the proxy has seen, and not by what a caller writes', async () => {
    await start({ rateLimits: true });
    const guess = async (forwardedFor: string) =>
      (
        await ask(
          'POST',
          '/api/session',
          [['X-Forwarded-For', forwardedFor]],
          JSON.stringify({ name: 'alice', password: 'x' }),
        )
      ).status;
    const statuses: number[] = [];
    for (let round = 0; round < 11; round += 1) statuses.push(await guess(`10.0.0.${round}, 203.0.113.9`));
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
    assert.equal(await guess('203.0.113.10'), 401);
  });

  it('is asked for no proxy where it speaks itself: X-Forwarded-For is not believed', async () => {
    const port = await freePort();
    server = await place.start({ port, issuer: `http://127.0.0.1:${port}`, rateLimits: true });
    const statuses: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      const body = Buffer.from(JSON.stringify({ name: 'alice', password: 'x' }));
      const headers = [
        ['Host', `127.0.0.1:${port}`],
        ['Content-Type', 'application/json'],
        ['Content-Length', `${body.length}`],
        ['X-Forwarded-For', `10.0.0.${round}`],
      ] as const;
      const answer = await sendRaw(port, { method: 'POST', target: '/api/session', headers, body });
      statuses.push(answer === 'closed' ? 0 : answer.status);
    }
    assert.equal(statuses.at(-1), 429);
  });
});

/** As docs/home-network.md says it, with a real nginx. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import type { Gateway, Standing } from '../../../lib/gateway/gateway.ts';
import { closeAll, openGateway } from '../../../lib/gateway/open-gateway.ts';
import { ownerName, ownerPassword, type ServerPlace, serverPlace } from '../../contract/support/running-server.ts';
import { request } from '../../contract/support/test-client.ts';
import { freePort } from '../../support/free-port.ts';
import { type Nginx, startNginx } from './nginx.ts';

describe('behind a real nginx', () => {
  let place: ServerPlace;
  let userDir: string;
  let nginx: Nginx;
  let issuer: string;
  let trusting: Agent;

  const start = async (location: string) => {
    const [port, outside] = [await freePort(), await freePort()];
    issuer = `https://localhost:${outside}`;
    await place.start({ port, issuer });
    nginx = await startNginx(outside, location.replace('PORT', String(port)));
    trusting = new Agent({ pipelining: 0, connect: { ca: readFileSync(nginx.certificate.cert) } });
  };
  const asDocumented = `proxy_pass http://127.0.0.1:PORT; proxy_http_version 1.1;
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_read_timeout 1h;`;
  const ask = (path: string, init: RequestInit = {}) => request(issuer + path, init, trusting);
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  before(function () {
    if (!spawnSync('nginx', ['-v']).error) return;
    console.warn('skip: no nginx is here; test/real/install installs one');
    this.skip();
  });
  beforeEach(async () => {
    place = await serverPlace();
    userDir = mkdtempSync(join(tmpdir(), 'uma-behind-'));
  });
  afterEach(async () => {
    await closeAll();
    await trusting?.close();
    await nginx?.stop();
    await place.remove();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('a Node-RED comes in with a registration token and hears at once; nobody comes in as if from this computer', async () => {
    await start(asDocumented);
    assert.equal((await ask('/')).status, 200);
    assert.equal((await post('/reg', { client_name: 'Thermostat' })).status, 401);
    const signedIn = await post('/api/session', { name: ownerName, password: ownerPassword });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    assert.match(cookie, /^__Host-/);
    const session = { cookie, origin: issuer, 'x-csrf-token': signedIn.body.csrfToken };
    const made = await post('/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 600 }, session);
    const gateway = await joined(made.body.token);
    await standing(gateway, 'ready');
    assert.equal((await post('/api/panic', {}, session)).status, 200);
    await standing(gateway, 'stopped');
  });

  it('a plain proxy_pass, which sends its own Host and says of nobody who asks: nothing is answered', async () => {
    await start('proxy_pass http://127.0.0.1:PORT;');
    for (const path of ['/', '/jwks', '/api/home']) assert.equal((await ask(path)).status, 421, path);
  });

  function joined(registrationToken: string): Promise<Gateway> {
    const { fingerprint256: certificate } = new X509Certificate(readFileSync(nginx.certificate.cert));
    return openGateway({
      userDir,
      connection: 'home',
      server: { kind: 'built-in-at', url: issuer, certificate },
      addresses: () => ['http://127.0.0.1:1880'],
      registrationToken,
      name: 'a gateway under test',
      log: () => {},
    }).gateway;
  }
});

function standing(gateway: Gateway, phase: Standing['phase']): Promise<void> {
  return new Promise((resolve) => {
    const stop = gateway.watchStanding(look);
    function look(): void {
      if (gateway.standing().phase !== phase) return;
      stop();
      resolve();
    }
    look();
  });
}

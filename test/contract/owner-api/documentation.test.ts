import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type AServer, aServer, call, PASSWORD, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource } from './outside-client.ts';

describe('docs/owner-api.md', () => {
  let server: AServer;
  let text: string;
  before(async () => {
    server = await aServer();
    text = await readFile(new URL('../../../docs/owner-api.md', import.meta.url), 'utf8');
  });
  after(() => server.end());

  it('its example runs as it stands', async () => {
    const owner = await signIn(server.issuer);
    await aResource(await aGateway(server.issuer, owner));
    await aDevice(server.issuer);
    const example = /```js\n(.*?)```/s.exec(text)?.[1] ?? '';
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', example], {
      env: { ...process.env, UMA_SERVER: server.issuer, PASSWORD },
    });
    assert.match(stdout, /^Thermostat may start Dishwasher until \w+ \d\d:\d\d\nended 1, not yet confirmed by 1\n$/);
  });

  it('every endpoint it names is there, and asks who calls', async () => {
    const named = [...text.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/api\/[^`?]+)`/g)];
    const endpoints = new Set(named.map(([, method, path]) => `${method} ${path}`));
    assert.ok(endpoints.size >= 27, String(endpoints.size));
    for (const endpoint of endpoints) {
      const [method = '', path = ''] = endpoint.split(' ');
      const { status } = await call(server.issuer, method, path.replace(/\{\w+\}/, 'x'));
      const open = path === '/api/setup' || path === '/api/session';
      assert.ok(status === 401 || (open && status === 400), `${endpoint}: ${status}`);
    }
  });
});

import assert from 'node:assert/strict';
import { type AServer, aServer, call, PASSWORD, type SignedIn, signIn } from './a-server.ts';

describe('owner API: sessions', () => {
  let server: AServer;
  let owner: SignedIn;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  after(() => server.end());

  it('signing in gives a cookie that is HttpOnly and SameSite=Strict, and the other half once', async () => {
    const answer = await call(server.issuer, 'POST', '/api/session', { json: { name: 'ALICE', password: PASSWORD } });
    assert.equal(answer.status, 200);
    const cookie = String(answer.headers['set-cookie']);
    assert.match(cookie, /^uma_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    assert.match(answer.body.csrfToken, /^[\w-]{43}$/);
    assert.equal(cookie.includes(answer.body.csrfToken), false);
  });

  it('are told apart by browser and system, by names of ours: nothing of what a browser says of itself is kept', async () => {
    const firefox = 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0';
    const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
    const safari = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
    const agents: [string, string | undefined, string | undefined][] = [
      [firefox, 'Firefox', 'Android'],
      [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/137.0 Safari/537.36 Edg/137.0`, 'Edge', 'Windows'],
      [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/137.0 Safari/537.36`, 'Chrome', 'Linux'],
      [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${safari}`, 'Safari', 'iPhone'],
      [`<b>${'x'.repeat(4000)}`, undefined, undefined],
    ];
    for (const [agent, browser, system] of agents) {
      const json = { name: 'alice', password: PASSWORD };
      const sent = { json, headers: { 'user-agent': agent } };
      await owner.api('DELETE', '/api/sessions');
      assert.equal((await call(server.issuer, 'POST', '/api/session', sent)).status, 200);
      const listed = await owner.api('GET', '/api/sessions');
      const other = listed.body.items.find(({ current }: { current: boolean }) => !current);
      assert.deepEqual([other.browser, other.system], [browser, system], agent);
      assert.doesNotMatch(listed.text, /Mozilla|<b>/);
    }
  });

  it('a flow that receives the cookie can neither read nor change anything', async () => {
    const other = await signIn(server.issuer);
    const halves = [
      { cookie: owner.cookie },
      { cookie: owner.cookie, 'x-csrf-token': '' },
      { cookie: owner.cookie, 'x-csrf-token': other.csrf },
      { 'x-csrf-token': owner.csrf },
    ];
    const tries = [
      ['GET', '/api/home'],
      ['GET', '/api/shares'],
      ['POST', '/api/shares'],
      ['DELETE', '/api/shares/sh_x'],
      ['GET', '/api/devices'],
      ['GET', '/api/history'],
      ['GET', '/api/sessions'],
      ['POST', '/api/panic'],
    ];
    for (const headers of halves)
      for (const [method = '', path = ''] of tries) {
        const answer = await call(server.issuer, method, path, method === 'GET' ? { headers } : { headers, json: {} });
        assert.equal(answer.status, 401, `${method} ${path}`);
        assert.equal(answer.body.error, 'sign_in_needed');
      }
  });

  it('a cookie of the same name that a flow added does not sign the owner out', async () => {
    const headers = { ...owner.headers, cookie: `uma_session=of-a-flow; other=1; ${owner.cookie}` };
    assert.equal((await call(server.issuer, 'GET', '/api/home', { headers })).status, 200);
  });

  it('another origin is refused, and so is anything the browser calls not same-origin', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${server.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: server.issuer, 'sec-fetch-site': 'cross-site' },
    ];
    for (const more of foreign) {
      const headers = { ...owner.headers, ...more };
      const read = await call(server.issuer, 'GET', '/api/home', { headers });
      assert.deepEqual([read.status, read.body.error], [403, 'foreign_origin'], JSON.stringify(more));
      const json = { name: 'alice', password: PASSWORD };
      assert.equal((await call(server.issuer, 'POST', '/api/session', { headers: more, json })).status, 403);
    }
    const headers = { ...owner.headers, origin: server.issuer, 'sec-fetch-site': 'same-origin' };
    assert.equal((await call(server.issuer, 'GET', '/api/home', { headers })).status, 200);
  });

  it('is found among cookies of our name that a flow’s page has set', async () => {
    const junk = Array.from({ length: 40 }, (_, index) => `uma_session=junk-${index}`).join('; ');
    const headers = { ...owner.headers, cookie: `${junk}; ${owner.headers.cookie}` };
    assert.equal((await call(server.issuer, 'GET', '/api/home', { headers })).status, 200);
  });

  it('a body that is not application/json is refused', async () => {
    const form = { name: 'alice', password: PASSWORD };
    const signing = await call(server.issuer, 'POST', '/api/session', { form });
    assert.deepEqual([signing.status, signing.body.error], [400, 'invalid_request']);
    const headers = { ...owner.headers, 'content-type': 'text/plain' };
    const sharing = await call(server.issuer, 'POST', '/api/shares', { headers, json: {} });
    assert.equal(sharing.status, 400);
  });

  it('wrong names and wrong passwords look the same', async () => {
    const answers = await Promise.all(
      ['alice', 'nobody'].map((name) =>
        call(server.issuer, 'POST', '/api/session', { json: { name, password: 'wrong password' } }),
      ),
    );
    for (const { status, body, headers } of answers) {
      assert.deepEqual([status, body], [401, answers[0]?.body]);
      assert.equal(headers['set-cookie'], undefined);
    }
    assert.equal(answers[0]?.body.hint, 'Name or password is not right.');
  });

  it('sessions are listed and ended; what ended is over', async () => {
    const second = await signIn(server.issuer);
    const listed = await second.api('GET', '/api/sessions');
    const current = listed.body.items.filter((session: { current: boolean }) => session.current);
    assert.equal(current.length, 1);
    const mine = (await owner.api('GET', '/api/sessions')).body.items.find((one: { current: boolean }) => one.current);
    assert.equal((await second.api('DELETE', `/api/sessions/${mine.id}`)).status, 204);
    assert.equal((await owner.api('GET', '/api/home')).status, 401);
    assert.equal((await second.api('DELETE', `/api/sessions/${mine.id}`)).status, 404);
    const gone = await second.api('DELETE', '/api/session');
    assert.deepEqual([gone.status, String(gone.headers['set-cookie']).includes('Max-Age=0')], [204, true]);
    assert.equal((await second.api('GET', '/api/home')).status, 401);
    owner = await signIn(server.issuer);
  });

  it('a session outlives a month neither used nor unused', async () => {
    const old = await signIn(server.issuer);
    server.clock.ms += 30 * 24 * 3_600_000;
    assert.equal((await old.api('GET', '/api/home')).status, 401);
    server.clock.ms = 0;
  });

  it('nothing odd is more than a refusal', async () => {
    const odd: [string, string, unknown][] = [
      ['POST', '/api/session', []],
      ['POST', '/api/session', { name: 'alice' }],
      ['POST', '/api/session', { name: 1, password: {} }],
      ['POST', '/api/session', { name: 'alice', password: PASSWORD, more: 1 }],
      ['POST', '/api/session', { name: 'x'.repeat(5000), password: 'y' }],
    ];
    for (const [method, path, json] of odd) {
      const { status, body } = await call(server.issuer, method, path, { json });
      assert.deepEqual([status, body.error, typeof body.hint], [400, 'invalid_request', 'string']);
    }
    assert.equal((await owner.api('GET', '/api/shares?limit=0')).status, 400);
    assert.equal((await owner.api('GET', '/api/receipts/one')).status, 404, 'not there');
    assert.equal((await owner.api('PUT', '/api/shares')).status, 405);
    assert.deepEqual(server.logged, []);
  });
});

describe('owner API: guessing passwords', () => {
  let server: AServer;
  before(async () => {
    server = await aServer({ rateLimits: true, clockStands: true });
  });
  after(() => server.end());

  it('is slowed down, while the owner still gets in from elsewhere', async () => {
    const guess = (password: string, from: string) =>
      call(server.issuer, 'POST', '/api/session', { json: { name: 'alice', password }, from });
    const { cookie } = await signIn(server.issuer);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await guess(`wrong password ${n}`, '127.0.0.2')).status);
    assert.equal(statuses.filter((status) => status === 401).length, 10);
    const stopped = await guess(PASSWORD, '127.0.0.2');
    assert.deepEqual([stopped.status, stopped.body.error], [429, 'too_many_requests'], 'even with the right one');
    assert.match(String(stopped.headers['retry-after']), /^\d+$/);
    assert.equal((await guess(PASSWORD, '127.0.0.1')).status, 200);
    const json = { name: 'alice', password: PASSWORD };
    const known = await call(server.issuer, 'POST', '/api/session', { json, headers: { cookie }, from: '127.0.0.2' });
    assert.equal(known.status, 200, 'also from there, with the browser where the owner signed in before');
    server.clock.ms += 60_000;
    assert.equal((await guess(PASSWORD, '127.0.0.2')).status, 200, 'after a minute it may try again');
  });
});

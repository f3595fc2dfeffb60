import assert from 'node:assert/strict';
import { type Answered, type AServer, aServer, call, PASSWORD, signedIn } from './a-server.ts';
import { aWaitingGateway } from './outside-client.ts';

const ALL = 'uma_protection shares:read shares:reduce shares:grant';

function codeOf(server: AServer): string {
  return new URL(server.setUpLink() ?? 'http://none.example').searchParams.get('code') ?? '';
}

describe('set-up', () => {
  let server: AServer;
  beforeEach(async () => {
    // No `owner`: nobody has set this server up.
    server = await aServer({ owner: undefined } as object);
  });
  afterEach(() => server.end());

  const setUp = (json: object) => call(server.issuer, 'POST', '/api/setup', { json });

  it('POST /api/setup makes the owner, once, and signs in', async () => {
    const code = codeOf(server);
    const made = await setUp({ code, name: 'alice', password: PASSWORD });
    assert.equal(made.status, 201, made.text);
    assert.equal((await signedIn(server.issuer, made).api('GET', '/api/home')).body.owner, 'alice');
    const again = await setUp({ code, name: 'mallory', password: PASSWORD });
    assert.deepEqual([again.status, again.body.error], [409, 'already_set_up']);
    assert.equal(server.setUpLink(), undefined);
  });

  it('of twenty who send the same code at once, one becomes the owner', async () => {
    const code = codeOf(server);
    const all = Array.from({ length: 20 }, (_, n) => setUp({ code, name: `owner ${n}`, password: PASSWORD }));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 201).length, 1);
  });

  it('a wrong code, an old code and a weak password are refused, and use nothing up', async () => {
    const code = codeOf(server);
    const wrong = await setUp({ code: 'x'.repeat(22), name: 'alice', password: PASSWORD });
    assert.deepEqual([wrong.status, wrong.body.error], [403, 'code_invalid']);
    const weak = await setUp({ code, name: 'alice', password: 'short' });
    assert.deepEqual([weak.status, weak.body.error], [400, 'weak_password']);
    assert.equal(weak.body.hint, 'Choose a password of at least 10 characters.');
    assert.equal((await setUp({ code, name: '\u202e', password: PASSWORD })).status, 400);
    server.clock.ms += 15 * 60_000;
    assert.equal((await setUp({ code, name: 'alice', password: PASSWORD })).body.error, 'code_invalid');
    assert.equal((await setUp({ code: codeOf(server), name: 'alice', password: PASSWORD })).status, 201);
  });

  it('lets the gateway in that shows a code, in the same step', async () => {
    const gateway = await aWaitingGateway(server.issuer, ALL);
    const code = codeOf(server);
    const mistyped = await setUp({ code, name: 'alice', password: PASSWORD, connect: 'BBBB-BBBB' });
    assert.deepEqual([mistyped.status, mistyped.body.error], [404, 'code_unknown'], 'nothing is half done');
    const made = await setUp({ code, name: 'alice', password: PASSWORD, connect: gateway.userCode });
    assert.equal(made.status, 201, made.text);
    assert.equal((await gateway.poll()).body.token_type, 'DPoP');
  });

  it('is not for other sites', async () => {
    const json = { code: codeOf(server), name: 'alice', password: PASSWORD };
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      assert.equal((await call(server.issuer, 'POST', '/api/setup', { headers, json })).status, 403);
  });

  describe('the page', () => {
    const submit = (form: Record<string, string>, headers = {}) =>
      call(server.issuer, 'POST', '/setup', { form, headers });
    const filled = (more = {}) => ({
      code: codeOf(server),
      name: 'alice',
      password: PASSWORD,
      again: PASSWORD,
      ...more,
    });

    it('has no script, may load nothing, and sends no referrer', async () => {
      const page = await call(server.issuer, 'GET', `/setup?code=${codeOf(server)}`);
      assert.equal(page.status, 200);
      const policy = String(page.headers['content-security-policy']);
      for (const part of ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"])
        assert.ok(policy.includes(part), part);
      assert.equal(policy.includes('unsafe'), false);
      assert.equal(page.headers['referrer-policy'], 'no-referrer');
      assert.doesNotMatch(page.text, /<script|\son\w+=|style=|https?:/);
      const style = await call(server.issuer, 'GET', '/style.css');
      assert.match(String(style.headers['content-type']), /^text\/css/);
    });

    it('ties every field to its label and its help, for keyboards and screen readers', async () => {
      const { text } = await call(server.issuer, 'GET', `/setup?code=${codeOf(server)}`);
      assert.match(text, /<html lang="en">/);
      assert.match(text, /<meta name="viewport" content="width=device-width, initial-scale=1">/);
      assert.equal(text.match(/<h1>/g)?.length, 1);
      const ids = [...text.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
      assert.deepEqual(ids, ['name', 'password', 'again', 'connect']);
      for (const id of [...ids, 'grant']) assert.ok(text.includes(`<label for="${id}">`), id);
      for (const [, id] of text.matchAll(/aria-describedby="([\w-]+)"/g)) assert.ok(text.includes(`id="${id}"`), id);
      assert.match(text, /autocomplete="new-password"/);
    });

    it('makes the owner; a browser under no-referrer sends Origin: null and vouches otherwise', async () => {
      const done = await submit(filled(), { origin: 'null', 'sec-fetch-site': 'same-origin' });
      assert.equal(done.status, 200);
      assert.match(done.text, /alice is now the owner/);
      assert.equal(done.headers['set-cookie'], undefined, 'a page without script has no use for half a session');
      const json = { name: 'alice', password: PASSWORD };
      assert.equal((await call(server.issuer, 'POST', '/api/session', { json })).status, 200);
      assert.match((await call(server.issuer, 'GET', '/setup')).text, /has an owner already/);
    });

    it('refuses a form from elsewhere', async () => {
      const foreign = [
        { origin: 'http://evil.example' },
        { origin: 'null' },
        { origin: 'null', 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'cross-site' },
      ];
      for (const headers of foreign) assert.equal((await submit(filled(), headers)).status, 403);
      assert.ok(server.setUpLink(), 'nothing was made');
    });

    it('says what is wrong at its field, keeps what was typed, and never shows the password', async () => {
      const wrong = async (more: object, field: string): Promise<Answered> => {
        const page = await submit(filled(more));
        assert.ok(page.status >= 400, page.text);
        assert.match(page.text, /role="alert"/);
        assert.match(page.text, new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
        assert.equal(page.text.includes(PASSWORD), false);
        return page;
      };
      const page = await wrong({ again: 'something else' }, 'again');
      assert.match(page.text, /value="alice"/);
      await wrong({ password: 'short', again: 'short' }, 'password');
      await wrong({ code: 'x'.repeat(22) }, 'code');
      await wrong({ name: ' ' }, 'name');
      await wrong({ connect: 'BBBB-BBBB' }, 'connect');
      const odd = await wrong({ name: '"><b>\u0007', connect: '<i>' }, 'name');
      assert.doesNotMatch(odd.text, /<b>|<i>/);
    });

    it('shows who waits for a code, and lets it in with or without granting', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      const page = await call(server.issuer, 'GET', `/setup?code=${codeOf(server)}&connect=${gateway.userCode}`);
      assert.match(page.text, /Leave it only if Node-RED shows the same now/, 'what stands there already is not typed');
      assert.match(page.text, /<button type="submit">Become the owner</);
      assert.match(page.text, /<dd>Node-RED<\/dd>/);
      assert.match(page.text, /name="grant" value="yes" checked/);
      await submit(filled({ connect: gateway.userCode }));
      assert.equal((await gateway.poll()).body.scope, 'shares:read shares:reduce');
    });

    it('RFC 8628 5.1: shows nobody more to whoever guesses codes', async () => {
      const limited = await aServer({ owner: undefined, rateLimits: true } as object);
      try {
        const gateway = await aWaitingGateway(limited.issuer, ALL);
        const look = (connect: string) =>
          call(limited.issuer, 'GET', `/setup?code=${codeOf(limited)}&connect=${connect}`);
        assert.match((await look(gateway.userCode)).text, /<dd>Node-RED<\/dd>/);
        for (let guess = 0; guess < 60; guess++) await look('BBBB-BBBB');
        assert.doesNotMatch((await look(gateway.userCode)).text, /<dd>Node-RED<\/dd>/);
      } finally {
        await limited.end();
      }
    });

    it('a plain visit to / says what this is and where to go, and nothing about the home', async () => {
      const before = await call(server.issuer, 'GET', '/');
      assert.match(before.text, /no owner yet/);
      await submit(filled());
      const after = await call(server.issuer, 'GET', '/');
      assert.match(after.text, /It has an owner/);
      assert.doesNotMatch(after.text, /alice/);
      const elsewhere = await call(`http://localhost:${server.port}`, 'GET', '/setup');
      assert.deepEqual([elsewhere.status, elsewhere.headers.location], [302, `${server.issuer}/setup`]);
    });
  });
});

describe('set-up with --reset-owner', () => {
  it('gives the owner a new password once, and ends the old sessions', async () => {
    const server = await aServer({ resetOwner: true });
    const json = { name: 'alice', password: PASSWORD };
    const old = signedIn(server.issuer, await call(server.issuer, 'POST', '/api/session', { json }));
    const code = codeOf(server);
    const other = { code, name: 'mallory', password: 'another password' };
    const beside = await call(server.issuer, 'POST', '/api/setup', { json: other });
    assert.deepEqual([beside.status, beside.body.error], [404, 'owner_unknown'], 'makes nobody beside the owner');
    const reset = await call(server.issuer, 'POST', '/api/setup', {
      json: { code, name: 'alice', password: 'another password' },
    });
    assert.equal(reset.status, 201, reset.text);
    assert.equal((await old.api('GET', '/api/home')).status, 401);
    assert.equal((await call(server.issuer, 'POST', '/api/session', { json })).status, 401);
    assert.equal(server.setUpLink(), undefined);
    await server.end();
  });
});

/** The owner's pages, as the server sends them: what they may load, and that nothing of anybody is in them. */
import assert from 'node:assert/strict';
import { type AServer, aServer, call, signIn } from './a-server.ts';
import { aDevice } from './outside-client.ts';

const files = { '/portal.js': 'text/javascript', '/portal.css': 'text/css', '/portal.svg': 'image/svg+xml' };

describe('the owner’s pages', () => {
  let server: AServer;
  before(async () => {
    server = await aServer();
  });
  after(() => server.end());

  const get = (path: string, headers = {}) => call(server.issuer, 'GET', path, { headers });
  const policyOf = async () => {
    const rules = String((await get('/')).headers['content-security-policy']).split('; ');
    return new Map(rules.map((rule) => rule.split(/ (.*)/s, 2) as [string, string]));
  };

  it('are at the server’s address once it has an owner; before, there is the way to become one', async () => {
    assert.match((await get('/')).text, /<div id="portal"><\/div>/);
    const unowned = await aServer({ owner: undefined } as object);
    try {
      const page = await call(unowned.issuer, 'GET', '/');
      assert.doesNotMatch(page.text, /<script/);
      assert.match(page.text, /set-up link/);
    } finally {
      await unowned.end();
    }
  });

  it('run only what this server sends, and make no script from text', async () => {
    const policy = await policyOf();
    assert.equal(policy.get('default-src'), "'none'");
    assert.equal(policy.get('script-src'), "'self'");
    assert.equal(policy.get('style-src'), "'self'");
    assert.equal(policy.get('connect-src'), "'self'");
    assert.equal(policy.get('frame-ancestors'), "'none'");
    assert.equal(policy.get('require-trusted-types-for'), "'script'");
    assert.doesNotMatch([...policy.values()].join(' '), /unsafe|https?:|\*|data:/);
  });

  it('have no script, style or handler in the page itself', async () => {
    const { text } = await get('/');
    for (const [, attributes = '', content = ''] of text.matchAll(/<script([^>]*)>([^<]*)/g)) {
      assert.match(attributes, /src="\/portal\.js"/);
      assert.equal(content, '');
    }
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|https?:/);
  });

  for (const [path, type] of Object.entries(files))
    it(`send ${path} as ${type}, and nothing of it from elsewhere`, async () => {
      const { status, headers, text } = await get(path);
      assert.equal(status, 200);
      assert.ok(String(headers['content-type']).startsWith(type));
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.doesNotMatch(text.replaceAll(/http:\/\/www\.w3\.org\/[\w/]+/g, ''), /https?:\/\/|@import|\beval\(/);
    });

  it('are the same for everybody: nothing of an owner, a device or a session is in them', async () => {
    const paths = ['/', ...Object.keys(files)];
    const before = await Promise.all(paths.map((path) => get(path)));
    const owner = await signIn(server.issuer);
    await aDevice(server.issuer, 'Thermostat of alice');
    const after = await Promise.all(paths.map((path) => get(path, owner.headers)));
    assert.deepEqual(
      after.map(({ text }) => text),
      before.map(({ text }) => text),
    );
    for (const { text, headers } of after) {
      assert.equal(headers['set-cookie'], undefined);
      for (const secret of [owner.csrf, owner.cookie.split('=')[1] ?? '', 'alice']) assert.ok(!text.includes(secret));
    }
  });

  it('say without a script where an owner gets on', async () => {
    const [, without = ''] = /<noscript>(.*)<\/noscript>/s.exec((await get('/')).text) ?? [];
    for (const path of ['/device', '/panic']) {
      assert.ok(without.includes(`href="${path}"`), path);
      assert.doesNotMatch((await get(path)).text, /<script/);
    }
  });

  it('are shown under the server’s one name only', async () => {
    const { status, headers } = await get('/', { host: `localhost:${server.port}` });
    assert.deepEqual([status, headers.location], [302, `${server.issuer}/`]);
  });
});

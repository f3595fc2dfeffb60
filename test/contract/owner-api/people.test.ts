import assert from 'node:assert/strict';
import { type AServer, aServer, call, PASSWORD, type SignedIn, signedIn, signIn } from './a-server.ts';

const guest = { name: 'Bob', password: 'a few easy words' };

describe('owner API: people', () => {
  let server: AServer;
  let owner: SignedIn;
  before(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  after(() => server.end());

  const guestSession = async () => {
    const answer = await call(server.issuer, 'POST', '/api/session', { json: guest });
    assert.equal(answer.status, 200, answer.text);
    return signedIn(server.issuer, answer).headers;
  };

  it('invites a guest, lists everybody, and removes a guest with all that was theirs', async () => {
    const added = await owner.api('POST', '/api/people', guest);
    assert.deepEqual([added.status, added.body.name, added.body.kind], [201, 'Bob', 'guest']);
    assert.equal(JSON.stringify(added.body).includes('password'), false);
    const { items } = (await owner.api('GET', '/api/people')).body;
    assert.deepEqual(
      items.map(({ name, kind }: { name: string; kind: string }) => [name, kind]),
      [
        ['alice', 'owner'],
        ['Bob', 'guest'],
      ],
    );
    const headers = await guestSession();
    assert.equal((await owner.api('DELETE', '/api/people/Bob')).status, 200);
    assert.equal((await call(server.issuer, 'GET', '/api/sessions', { headers })).status, 401, 'signed out everywhere');
    assert.equal((await call(server.issuer, 'POST', '/api/session', { json: guest })).status, 401);
    assert.equal((await owner.api('DELETE', '/api/people/Bob')).status, 404);
  });

  it('lets a guest look after their own sessions, and nothing else', async () => {
    await owner.api('POST', '/api/people', guest);
    const headers = await guestSession();
    const as = (method: string, path: string, json?: unknown) => call(server.issuer, method, path, { headers, json });
    assert.equal((await as('GET', '/api/sessions')).status, 200);
    const refused: [string, string, unknown?][] = [
      ['GET', '/api/home'],
      ['GET', '/api/shares'],
      ['GET', '/api/devices?claimed=no'],
      ['GET', '/api/people'],
      ['GET', '/api/codes/BCDF-GHJK'],
      ['POST', '/api/people', { name: 'Eve', password: 'one two three four' }],
      ['POST', '/api/devices/dev_x/claim', {}],
      ['POST', '/api/codes/BCDF-GHJK/approve', {}],
      ['POST', '/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 60 }],
      ['POST', '/api/panic', {}],
      ['DELETE', '/api/panic', { password: guest.password }],
      ['DELETE', '/api/people/Bob'],
      ['PATCH', '/api/devices/dev_x', { name: 'Lamp' }],
      ['DELETE', '/api/devices/dev_x'],
      ['POST', '/api/open-registration', {}],
      ['DELETE', '/api/open-registration'],
      ['DELETE', '/api/forgotten'],
    ];
    for (const [method, path, json] of refused) {
      const { status, body } = await as(method, path, json);
      assert.deepEqual([status, body.error], [403, 'insufficient_scope'], `${method} ${path}`);
    }
    assert.equal((await as('DELETE', '/api/session')).status, 204);
    await owner.api('DELETE', '/api/people/Bob');
  });

  it('a guest who is removed while their password is being checked is nobody, and no owner', async () => {
    await owner.api('POST', '/api/people', guest);
    // Several, one behind the other: whenever the removal comes, one of them is under way.
    const signingIn = Array.from({ length: 5 }, () => call(server.issuer, 'POST', '/api/session', { json: guest }));
    await Promise.race(signingIn);
    assert.equal((await owner.api('DELETE', '/api/people/Bob')).status, 200);
    const signedInLate = (await Promise.all(signingIn)).filter(({ status }) => status === 200);
    for (const answer of signedInLate) {
      const { api } = signedIn(server.issuer, answer);
      assert.equal((await api('GET', '/api/home')).status, 401);
      const eve = { name: 'Eve', password: 'one two three four', kind: 'owner' };
      assert.equal((await api('POST', '/api/people', eve)).status, 401);
    }
    assert.ok(signedInLate.length < signingIn.length, 'nobody was being signed in when the guest was removed');
    await owner.api('POST', '/api/people', guest);
    for (const answer of signedInLate)
      assert.equal((await signedIn(server.issuer, answer).api('GET', '/api/sessions')).status, 401, 'nor of the next');
    await owner.api('DELETE', '/api/people/Bob');
  });

  it('makes a second owner, whose things are not the first one’s, and who is nobody’s guest', async () => {
    const second = { name: 'Carol', password: 'four words or so', kind: 'owner' };
    assert.equal((await owner.api('POST', '/api/people', second)).body.kind, 'owner');
    const session = await signIn(server.issuer, 'Carol', second.password);
    assert.deepEqual((await session.api('GET', '/api/shares')).body.items, []);
    assert.equal((await owner.api('DELETE', '/api/people/Carol')).status, 404, 'only guests can be removed');
    await session.api('POST', '/api/people', { name: 'Dave', password: 'one two three four' });
    assert.equal((await owner.api('DELETE', '/api/people/Dave')).status, 404, 'and only one’s own');
  });

  it('refuses a taken name however it is spelled, a weak password, and what it does not know', async () => {
    const tried = async (body: object) => {
      const reply = await owner.api('POST', '/api/people', body);
      return [reply.status, reply.body.error];
    };
    assert.deepEqual(await tried({ name: ' ALICE ', password: PASSWORD }), [409, 'name_taken']);
    assert.deepEqual(await tried({ name: 'Eve', password: 'short' }), [400, 'weak_password']);
    assert.deepEqual(await tried({ name: 'Eve', password: PASSWORD, kind: 'king' }), [400, 'invalid_request']);
    assert.deepEqual(await tried({ name: 'Eve' }), [400, 'invalid_request']);
    assert.deepEqual(await tried({ name: 'Eve\u202e', password: PASSWORD }), [400, 'invalid_request']);
  });
});

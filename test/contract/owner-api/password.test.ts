import assert from 'node:assert/strict';
import { type AServer, aServer, call, PASSWORD, type SignedIn, signedIn, signIn } from './a-server.ts';
import { aGateway } from './outside-client.ts';

const NEXT = 'another few easy words';
const guest = { name: 'Bob', password: 'a guest of few words' };

describe('owner API: a new password', () => {
  let server: AServer;
  let owner: SignedIn;
  beforeEach(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  afterEach(() => server.end());

  const change = (who: SignedIn, old = PASSWORD, next = NEXT) => who.api('PUT', '/api/password', { old, new: next });
  const signInStatus = async (password: string, name = 'alice') =>
    (await call(server.issuer, 'POST', '/api/session', { json: { name, password } })).status;
  const stands = async (who: SignedIn) => (await who.api('GET', '/api/sessions')).status === 200;

  it('takes the place of the old one, and is told nowhere', async () => {
    const changed = await change(owner);
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual([await signInStatus(PASSWORD), await signInStatus(NEXT)], [401, 200]);
    const [line] = (await signedIn(server.issuer, changed).api('GET', '/api/history')).body.items;
    assert.deepEqual(
      [line.what, line.by, line.values],
      ['password_changed', { kind: 'owner', owner: 'alice' }, { person: 'alice' }],
    );
    for (const secret of [PASSWORD, NEXT]) assert.equal((changed.text + server.logged.join()).includes(secret), false);
  });

  it('renews both halves of the session, and ends every other of that person', async () => {
    const elsewhere = await signIn(server.issuer);
    const renewed = signedIn(server.issuer, await change(owner));
    assert.notEqual(renewed.cookie, owner.cookie);
    assert.notEqual(renewed.csrf, owner.csrf);
    assert.deepEqual([await stands(renewed), await stands(owner), await stands(elsewhere)], [true, false, false]);
    const mixed = { cookie: renewed.cookie, 'x-csrf-token': owner.csrf };
    assert.equal((await call(server.issuer, 'GET', '/api/sessions', { headers: mixed })).status, 401);
    const { items } = (await renewed.api('GET', '/api/sessions')).body;
    assert.deepEqual(
      items.map(({ current }: { current: boolean }) => current),
      [true],
    );
  });

  it('is not given without the old one, nor if it is too short; then nothing has changed', async () => {
    const wrong = await change(owner, 'not the old password');
    assert.deepEqual([wrong.status, wrong.body.error], [401, 'sign_in_failed']);
    const weak = await change(owner, PASSWORD, 'short');
    assert.deepEqual([weak.status, weak.body.error], [400, 'weak_password']);
    assert.match(weak.body.hint, /10/);
    for (const body of [{ old: PASSWORD }, { new: NEXT }, { old: PASSWORD, new: NEXT, name: 'Bob' }])
      assert.equal((await owner.api('PUT', '/api/password', body)).status, 400);
    assert.equal(await stands(owner), true);
    assert.equal(await signInStatus(PASSWORD), 200);
  });

  it('is a guest’s own affair, and their owner reads that it happened', async () => {
    await owner.api('POST', '/api/people', guest);
    const bob = await signIn(server.issuer, guest.name, guest.password);
    const renewed = signedIn(server.issuer, await change(bob, guest.password));
    assert.equal(await stands(renewed), true);
    assert.deepEqual([await signInStatus(guest.password, 'Bob'), await signInStatus(NEXT, 'Bob')], [401, 200]);
    assert.equal(await stands(owner), true, 'nobody else is signed out');
    const [line] = (await owner.api('GET', '/api/history')).body.items;
    assert.deepEqual([line.what, line.values], ['password_changed', { person: 'Bob' }]);
  });

  it('is nothing that a gateway may choose', async () => {
    const gateway = await aGateway(server.issuer, owner);
    const answer = await call(server.issuer, 'PUT', '/api/password', {
      headers: { authorization: `DPoP ${gateway.pat}` },
      json: { old: PASSWORD, new: NEXT },
    });
    assert.ok(answer.status === 401 || answer.status === 403, answer.text);
    assert.equal(await signInStatus(PASSWORD), 200);
  });

  it('of two that are chosen at once, one counts, and its session alone', async () => {
    const other = await signIn(server.issuer);
    const answers = await Promise.all([change(owner), change(other, PASSWORD, 'the other few words')]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401]);
    const winner = answers.findIndex(({ status }) => status === 200);
    assert.equal(await signInStatus([NEXT, 'the other few words'][winner] ?? ''), 200);
  });

  it('is changed while everything is stopped, too', async () => {
    await owner.api('POST', '/api/panic', {});
    assert.equal((await change(owner)).status, 200);
  });
});

describe('owner API: a new password, guessed at', () => {
  it('by whoever has a session is slowed down as at the sign-in', async () => {
    const server = await aServer({ rateLimits: true, clockStands: true });
    const owner = await signIn(server.issuer);
    const guesses = [];
    for (let count = 0; count < 11; count += 1)
      guesses.push((await owner.api('PUT', '/api/password', { old: `guess number ${count}`, new: NEXT })).status);
    assert.deepEqual([...new Set(guesses)], [401, 429]);
    await server.end();
  });
});

import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { connectGateway, type Home, openHome } from '../support/home.ts';
import { form, post, type Reply, registerClient, request, type TestClient, umaGrant } from '../support/test-client.ts';

const back = 'https://kettle.example/back?from=home';
const guest = { name: 'Bob', password: 'a few easy words' };

describe('interactive claims gathering', () => {
  let home: Home;
  let kettle: TestClient;

  before(async () => {
    home = await openHome();
    const added = await home.owner.call('POST', '/api/people', guest);
    assert.equal(added.status, 201, JSON.stringify(added.body));
  });
  after(() => home.close());

  beforeEach(async () => {
    kettle = await accepted(await registerClient(home.issuer, { client_name: 'Kettle', claims_redirect_uris: [back] }));
  });

  async function accepted(device: TestClient): Promise<TestClient> {
    await home.owner.call('POST', `/api/devices/${device.clientId}/claim`, {});
    return device;
  }
  const sharedWith = async (name = 'Bob', scopes = ['start']): Promise<string> => {
    const party = { kind: 'person', id: name };
    return (await home.owner.call('POST', '/api/shares', { resource: home.resource, party, scopes })).body.id;
  };
  const asked = (ticket: string, more: object = {}) =>
    ({ client_id: kettle.clientId, ticket, claims_redirect_uri: back, state: 'st-1', ...more }) as Record<
      string,
      string
    >;
  const visit = (parameters: Record<string, string>) =>
    request(`${home.issuer}/claims?${new URLSearchParams(parameters)}`);
  const ticketIn = (page: Reply) => /name="ticket" value="([^"]+)"/.exec(String(page.body))?.[1] ?? '';
  const answer = (parameters: Record<string, string>, more: object = {}, headers = {}) =>
    form(`${home.issuer}/claims`, { ...parameters, ...guest, answer: 'yes', ...more }, headers);
  const needInfo = async (): Promise<Reply> => {
    const reply = await kettle.rpt(await home.ticket());
    assert.deepEqual([reply.status, reply.body.error], [403, 'need_info']);
    return reply;
  };
  /** Bob says that it is him. @returns the ticket he brings back */
  const signedIn = async (): Promise<string> => {
    const { body } = await needInfo();
    const reply = await answer(asked(body.ticket));
    assert.equal(reply.status, 303, JSON.stringify(reply.body));
    return new URL(reply.headers.get('location') ?? '').searchParams.get('ticket') ?? '';
  };

  describe('while something is shared with a person', () => {
    let share: string;
    beforeEach(async () => {
      share = await sharedWith();
    });
    afterEach(() => home.owner.call('DELETE', `/api/shares/${share}`));

    it('G 2, 3.3.6: a client that nobody is known to stand behind is sent to the claims page, with a new ticket', async () => {
      const ticket = await home.ticket();
      const { status, body } = await kettle.rpt(ticket);
      assert.deepEqual([status, body.error, body.redirect_user], [403, 'need_info', `${home.issuer}/claims`]);
      assert.notEqual(body.ticket, ticket);
      assert.equal(body.required_claims[0].name, 'person');
      const metadata = (await request(`${home.issuer}/.well-known/uma2-configuration`)).body;
      assert.equal(metadata.claims_interaction_endpoint, body.redirect_user);
    });

    it('G 3.3.2: a client that registered nowhere to come back to is never sent there', async () => {
      const plain = await accepted(await registerClient(home.issuer));
      assert.equal((await plain.rpt(await home.ticket())).body.error, 'request_submitted');
    });

    it('G 3.3.3, 3.3.5: the person comes back with another ticket and the state; it gives an RPT of theirs and a PCT', async () => {
      const { body } = await needInfo();
      const page = await visit(asked(body.ticket));
      assert.equal(page.status, 200);
      assert.match(String(page.body), /Kettle/);
      const ofForm = ticketIn(page);
      assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/kettle\.example/);
      const reply = await answer(asked(ofForm));
      assert.equal(reply.status, 303);
      const target = new URL(reply.headers.get('location') ?? '');
      assert.equal(target.origin + target.pathname, 'https://kettle.example/back');
      assert.deepEqual([target.searchParams.get('from'), target.searchParams.get('state')], ['home', 'st-1']);
      const ticket = target.searchParams.get('ticket') ?? '';
      assert.ok(![body.ticket, ofForm].includes(ticket));
      const granted = await kettle.rpt(ticket);
      assert.equal(granted.status, 200, JSON.stringify(granted.body));
      const claims = decodeJwt<{ permissions: { share: string }[] }>(granted.body.access_token);
      assert.deepEqual([claims.sub, claims.client_id, claims.permissions[0]?.share], ['Bob', kettle.clientId, share]);
      assert.match(granted.body.pct, /^pct_[\w-]{43}$/);
      const look = await home.gateway.authenticated('/token/introspection', { token: granted.body.access_token });
      assert.deepEqual([look.body.active, look.body.sub, look.body.scope], [true, 'Bob', undefined]);
    });

    it('the gateway it is for may know the name of what the person uses, and no other gateway', async () => {
      const other = await connectGateway(home.issuer, home.owner, 'another');
      const standing = async (gateway = home.gateway) =>
        gateway.call('GET', `/devices/${kettle.clientId}`, await gateway.pat());
      assert.equal((await standing()).status, 404, 'nobody has said who uses it');
      assert.equal((await kettle.rpt(await signedIn())).status, 200);
      const { status, body } = await standing();
      assert.deepEqual([status, body.name, body.owner], [200, 'Kettle', undefined]);
      assert.equal((await standing(other)).status, 404);
      await home.owner.call('DELETE', `/api/shares/${share}`);
      assert.equal((await standing()).status, 404, 'nothing is shared with them any more');
    });

    it('G 3.3.3: no state comes back where none was sent', async () => {
      const { body } = await needInfo();
      const { state: _, ...bare } = asked(body.ticket);
      const location = (await answer(bare)).headers.get('location') ?? '';
      assert.equal(new URL(location).searchParams.has('state'), false);
    });

    it('G 3.3.2, 3.3.3: redirects to no address but a registered one, compared exactly; the one there is may be left out', async () => {
      const { body } = await needInfo();
      for (const uri of ['https://kettle.example/back', `${back}&more=1`, 'https://evil.example/', `${back}#x`, 'x']) {
        for (const reply of [
          await visit(asked(body.ticket, { claims_redirect_uri: uri })),
          await answer(asked(body.ticket, { claims_redirect_uri: uri })),
        ]) {
          assert.deepEqual([reply.status, reply.headers.get('location')], [400, null], uri);
        }
      }
      const { claims_redirect_uri: _, ...bare } = asked(body.ticket);
      assert.equal((await answer(bare)).status, 303);
    });

    it('shows a page and redirects nobody for an unknown client, a ticket of another, and one nobody accepted', async () => {
      const { body } = await needInfo();
      const stranger = await registerClient(home.issuer, { claims_redirect_uris: [back] });
      const other = await accepted(await registerClient(home.issuer, { claims_redirect_uris: [back] }));
      for (const odd of [
        { client_id: 'dev_nobody' },
        { client_id: stranger.clientId, ticket: await home.ticket() },
        { ticket: 'no-such-ticket' },
        { ticket: (await other.rpt(await home.ticket())).body.ticket },
        { state: 'x'.repeat(1001) },
      ]) {
        const reply = await answer(asked(body.ticket, odd));
        assert.deepEqual([reply.status, reply.headers.get('location')], [400, null], JSON.stringify(odd));
      }
    });

    it('answers a plain visit with what the page is for', async () => {
      assert.equal((await request(`${home.issuer}/claims`)).status, 200);
      assert.equal((await request(`${home.issuer}/claims?ticket=a&ticket=b`)).status, 400);
    });

    it('G 3.3.3: whoever says no goes back too, the client is told, and the ticket says nothing of them', async () => {
      const { body } = await needInfo();
      const reply = await answer(asked(body.ticket), { answer: 'no', name: '', password: '' });
      const { searchParams } = new URL(reply.headers.get('location') ?? '');
      assert.deepEqual([searchParams.get('error'), searchParams.get('state')], ['access_denied', 'st-1']);
      const ticket = searchParams.get('ticket') ?? '';
      assert.equal((await kettle.rpt(ticket)).body.error, 'need_info');
    });

    it('G 5.1: takes no form that another site sent, and none without the right password', async () => {
      const { body } = await needInfo();
      const foreign = await answer(asked(body.ticket), {}, { origin: 'https://evil.example' });
      assert.equal(foreign.status, 403);
      const guessed = await answer(asked(body.ticket), { password: 'wrong password' });
      assert.deepEqual([guessed.status, guessed.headers.get('location')], [401, null]);
      assert.match(String(guessed.body), /role="alert"/);
      assert.equal((await answer(asked(body.ticket))).status, 303, 'the ticket is still there');
    });

    it('G 5.5: of several answers to one ticket at once, one gives a ticket', async () => {
      const { body } = await needInfo();
      const replies = await Promise.all(Array.from({ length: 5 }, () => answer(asked(body.ticket))));
      assert.equal(replies.filter(({ status }) => status === 303).length, 1);
    });

    it('G 5.5: a ticket is used up by showing it at the claims page; what the form holds is another', async () => {
      const { body } = await needInfo();
      const page = await visit(asked(body.ticket));
      assert.notEqual(ticketIn(page), body.ticket);
      assert.equal((await kettle.rpt(body.ticket)).body.error, 'invalid_grant');
      assert.equal((await visit(asked(body.ticket))).status, 400);
      assert.equal((await answer(asked(ticketIn(page)))).status, 303);
    });

    it('G 5.5: the ticket that came back is this client’s only, and works once', async () => {
      const ticket = await signedIn();
      const other = await accepted(await registerClient(home.issuer, { claims_redirect_uris: [back] }));
      assert.equal((await other.rpt(ticket)).body.error, 'invalid_grant');
      assert.equal((await kettle.rpt(ticket)).status, 200);
      assert.equal((await kettle.rpt(ticket)).body.error, 'invalid_grant');
    });

    it('G 3.3.5, 5.2: a PCT spares the claims page, once and this client only, and gives the next', async () => {
      const { pct } = (await kettle.rpt(await signedIn())).body;
      const other = await accepted(await registerClient(home.issuer, { claims_redirect_uris: [back] }));
      assert.equal((await other.rpt(await home.ticket(), { pct })).body.error, 'need_info');
      const again = await kettle.rpt(await home.ticket(), { pct });
      assert.equal(again.status, 200);
      assert.notEqual(again.body.pct, pct);
      assert.equal((await kettle.rpt(await home.ticket(), { pct })).body.error, 'need_info', 'used');
      assert.equal((await kettle.rpt(await home.ticket(), { pct: again.body.pct })).status, 200);
    });

    it('G 5.2: of twenty uses of one PCT at once, one is granted', async () => {
      const { pct } = (await kettle.rpt(await signedIn())).body;
      const tickets = await Promise.all(Array.from({ length: 20 }, () => home.ticket()));
      const replies = await Promise.all(tickets.map((ticket) => kettle.rpt(ticket, { pct })));
      assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    });

    it('G 3.7: a PCT can be revoked by its client, and by nobody else', async () => {
      const { pct } = (await kettle.rpt(await signedIn())).body;
      const hint = { token_type_hint: 'pct' };
      const other = await registerClient(home.issuer);
      assert.equal((await other.authenticated('/token/revocation', { token: pct, ...hint })).status, 200);
      const next = (await kettle.rpt(await home.ticket(), { pct })).body;
      assert.match(next.pct, /^pct_/);
      assert.equal((await kettle.authenticated('/token/revocation', { token: next.pct, ...hint })).status, 200);
      assert.equal((await kettle.rpt(await home.ticket(), { pct: next.pct })).body.error, 'need_info');
      const look = await home.gateway.authenticated('/token/introspection', { token: pct });
      assert.deepEqual(look.body, { active: false }, 'RFC 7662 2.2: it is no token of a resource server');
    });

    it('G 5.2: is no upgrade between two requesting parties', async () => {
      const first = (await kettle.rpt(await signedIn())).body.access_token;
      const oven = await home.addResource('oven', ['heat']);
      await home.share(kettle, { resource: oven, scopes: ['heat'] });
      const permission = { resource_id: oven, resource_scopes: ['heat'] };
      const { ticket } = (await home.gateway.call('POST', '/permission', home.pat, permission)).body;
      const reply = await kettle.rpt(ticket, { rpt: first });
      assert.equal(reply.body.upgraded, undefined);
      assert.equal(decodeJwt(reply.body.access_token).sub, kettle.clientId);
    });

    it('ends what rests on it when the share is withdrawn', async () => {
      const { access_token: token, pct } = (await kettle.rpt(await signedIn())).body;
      await home.owner.call('DELETE', `/api/shares/${share}`);
      assert.deepEqual((await home.gateway.authenticated('/token/introspection', { token })).body, { active: false });
      const reply = await kettle.rpt(await home.ticket(), { pct });
      assert.equal(reply.body.error, 'request_submitted');
    });

    it('gives nothing more to a device whose everything a gateway has ended, until somebody says anew that it is theirs', async () => {
      const { access_token: token, pct } = (await kettle.rpt(await signedIn())).body;
      const waiting = await signedIn();
      const order = { id: 'order-1', target: { device: kettle.clientId } };
      assert.equal((await home.gateway.call('POST', '/ends', home.pat, order)).status, 200);
      assert.deepEqual((await home.gateway.authenticated('/token/introspection', { token })).body, { active: false });
      assert.equal((await kettle.rpt(await home.ticket(), { pct })).body.error, 'need_info');
      assert.equal((await kettle.rpt(waiting)).body.error, 'invalid_grant');
      assert.equal((await kettle.rpt(await signedIn())).status, 200);
    });

    it('ends with the guest, and an invitation under the same name begins with nothing', async () => {
      const { access_token: token, pct } = (await kettle.rpt(await signedIn())).body;
      const removed = await home.owner.call('DELETE', '/api/people/Bob');
      assert.deepEqual(
        removed.body.revoked.map((one: { share: string }) => one.share),
        [share],
      );
      assert.deepEqual((await home.gateway.authenticated('/token/introspection', { token })).body, { active: false });
      await home.owner.call('POST', '/api/people', guest);
      assert.equal((await kettle.rpt(await home.ticket(), { pct })).body.error, 'request_submitted');
    });

    it('ends with the guest also where the device may use the resource by itself: nothing names them any more', async () => {
      const grants = { grant_types: [umaGrant, 'refresh_token'], claims_redirect_uris: [back] };
      kettle = await accepted(await registerClient(home.issuer, grants));
      const ticket = await signedIn();
      const own = await home.share(kettle);
      await home.owner.call('DELETE', `/api/shares/${share}`);
      const { access_token: token, refresh_token: refresh } = (await kettle.rpt(ticket)).body;
      assert.equal(decodeJwt(token).sub, 'Bob');
      assert.equal((await home.owner.call('DELETE', '/api/people/Bob')).status, 200);
      assert.deepEqual((await home.gateway.authenticated('/token/introspection', { token })).body, { active: false });
      const renewed = await kettle.token({ grant_type: 'refresh_token', refresh_token: refresh });
      assert.equal(renewed.body.error, 'invalid_grant');
      assert.equal(decodeJwt((await kettle.rpt(await home.ticket())).body.access_token).sub, kettle.clientId);
      await home.owner.call('DELETE', `/api/shares/${own}`);
      await home.owner.call('POST', '/api/people', guest);
    });

    it('nor does a ticket that says who stood behind a device outlive that guest', async () => {
      const opened = await sharedWith('Bob', ['stop']);
      const waiting = [await signedIn(), await signedIn()];
      await home.owner.call('DELETE', '/api/people/Bob');
      // As a device does that waits for its owner: each answer gives the next ticket.
      const [kept = '', polled = ''] = waiting;
      const next = (await kettle.rpt(polled)).body.ticket ?? polled;
      await home.owner.call('POST', '/api/people', guest);
      share = await sharedWith();
      for (const ticket of [kept, next]) assert.notEqual((await kettle.rpt(ticket)).status, 200);
      await home.owner.call('DELETE', `/api/shares/${opened}`);
    });
  });

  it('puts what a person asks for in front of the owner as theirs, and shares it with them', async () => {
    const opened = await sharedWith('Bob', ['stop']);
    const ticket = await signedIn();
    const waiting = await kettle.rpt(ticket);
    assert.equal(waiting.body.error, 'request_submitted');
    const { items } = (await home.owner.call('GET', '/api/requests')).body;
    const own = items.find((one: { person?: string }) => one.person === 'Bob');
    assert.equal(own.sentence, 'Bob asks to start dishwasher, with Kettle');
    const share = (await home.owner.call('POST', `/api/requests/${own.id}/approve`, {})).body;
    assert.deepEqual([share.party, share.sentence], [{ kind: 'person', id: 'Bob' }, 'Bob may start dishwasher']);
    assert.equal((await kettle.rpt(waiting.body.ticket)).status, 200);
    for (const id of [opened, share.id]) await home.owner.call('DELETE', `/api/shares/${id}`);
  });

  it('G 2: registers up to ten addresses to come back to, where nobody can overhear a ticket', async () => {
    const tried = (uris: unknown) =>
      post(`${home.issuer}/reg`, { jwks: { keys: [kettle.key.publicJwk] }, claims_redirect_uris: uris });
    for (const odd of [
      [],
      'https://a.example/',
      ['http://a.example/'],
      ['https://a.example/#top'],
      ['https://user:word@a.example/'],
      ['javascript:alert(1)'],
      ['/relative'],
      Array.from({ length: 11 }, (_, index) => `https://a.example/${index}`),
    ]) {
      const reply = await tried(odd);
      assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_redirect_uri'], JSON.stringify(odd));
    }
    const local = await registerClient(home.issuer, { claims_redirect_uris: ['http://127.0.0.1:8000/cb', back] });
    assert.ok(local.clientId);
  });
});

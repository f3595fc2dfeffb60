/** The plain pages on which an owner answers a code and ends a panic: a form, the password, no script, no session. */
import assert from 'node:assert/strict';
import { type Answered, type AServer, aServer, call, PASSWORD, type SignedIn, signIn } from './a-server.ts';
import { aGateway, aResource, aWaitingDevice, aWaitingGateway } from './outside-client.ts';

const ALL = 'uma_protection shares:read shares:reduce shares:grant';
const guest = { name: 'Bob', password: 'a few easy words' };

describe('the owner’s plain pages', () => {
  let server: AServer;
  let owner: SignedIn;
  beforeEach(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
    await owner.api('POST', '/api/people', guest);
  });
  afterEach(() => server.end());

  const submit = (path: string, form: Record<string, string>, headers = {}) =>
    call(server.issuer, 'POST', path, { form: { name: 'alice', password: PASSWORD, ...form }, headers });

  /** Neither page may do anything for these, and each says so at a field or as a page. */
  const refuses = async (path: string, form: Record<string, string>): Promise<void> => {
    const wrong = await submit(path, { ...form, password: 'wrong password' });
    assert.equal(wrong.status, 401);
    assert.match(wrong.text, /role="alert".*[Pp]assword/);
    assert.match(wrong.text, /value="alice"/);
    assert.equal(wrong.text.includes('wrong password'), false);
    assert.equal((await submit(path, { ...form, ...guest })).status, 403, 'a guest is not the owner');
    const foreign = [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) assert.equal((await submit(path, form, headers)).status, 403);
  };

  const isPlainAndReadable = (page: Answered): void => {
    assert.equal(page.status, 200);
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
    assert.doesNotMatch(page.text, /<script|\son\w+=|style=|https?:/);
    assert.equal(page.text.match(/<h1>/g)?.length, 1);
    for (const [, id] of page.text.matchAll(/<input (?:type="checkbox" )?id="(\w+)"/g))
      assert.ok(page.text.includes(`<label for="${id}">`), id);
    for (const [, id] of page.text.matchAll(/aria-describedby="([\w-]+)"/g))
      assert.ok(page.text.includes(`id="${id}"`), id);
  };

  describe('/device', () => {
    type Waiting = Awaited<ReturnType<typeof aWaitingGateway>>;
    const look = ({ userCode }: Pick<Waiting, 'userCode'>) =>
      call(server.issuer, 'GET', `/device?user_code=${userCode}`);
    /** What the form of a page sends along by itself. */
    const asShown = ({ text }: { text: string }) => ({
      user_code: /name="user_code"[^>]*value="([^"]+)"/.exec(text)?.[1] ?? '',
      shown: /name="shown" value="([^"]+)"/.exec(text)?.[1] ?? '',
    });

    it('asks for the code alone before anybody is known to wait with it, and says nothing that fits only some of them', async () => {
      const page = await call(server.issuer, 'GET', '/device');
      isPlainAndReadable(page);
      assert.match(page.text, /<form method="get" action="\/device">/, 'it comes back as in the link');
      assert.match(page.text, /Eight letters: you find them where the device or Node-RED shows them\./);
      assert.doesNotMatch(page.text, /name="(password|name|grant|answer)"/);
    });

    it('RFC 8628 3.3.1: the link with the code shows who waits, and one form lets it in', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      const page = await call(server.issuer, 'GET', `/device?user_code=${gateway.userCode}`);
      isPlainAndReadable(page);
      assert.match(page.text, new RegExp(`value="${gateway.userCode}"`));
      assert.match(page.text, /<dd>Node-RED<\/dd>/);
      assert.match(page.text, /<dt>Asked<\/dt><dd>(today|yesterday) \d\d:\d\d<\/dd>/);
      const done = await submit('/device', { ...asShown(page), grant: 'yes', answer: 'yes' });
      assert.equal(done.status, 200);
      assert.match(done.text, /Node-RED is let in/);
      assert.equal(done.headers['set-cookie'], undefined);
      const { access_token: token, scope } = (await gateway.poll()).body;
      assert.match(scope, /shares:grant/);
      assert.equal((await gateway.api(token, 'GET', '/api/home')).body.owner, 'alice');
    });

    it('lets it in without leave to share, where the owner takes the tick away', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      await submit('/device', { ...asShown(await look(gateway)), answer: 'yes' });
      assert.doesNotMatch((await gateway.poll()).body.scope, /shares:grant/);
    });

    it('leave to share is ticked at the first time, and afterwards only where it was given; a link or a typed code, it is the same', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      const isTicked = ({ text }: { text: string }) => /name="grant" value="yes" checked/.test(text);
      const typed = (userCode: string) => submit('/device', { user_code: userCode, grant: 'yes', answer: 'yes' });
      assert.deepEqual([isTicked(await look(gateway)), isTicked(await typed(gateway.userCode))], [true, true]);
      await submit('/device', { ...asShown(await look(gateway)), answer: 'yes' });
      const again = await gateway.startAgain();
      assert.deepEqual([isTicked(await look(again)), isTicked(await typed(again.userCode))], [false, false]);
      await submit('/device', { ...asShown(await look(again)), grant: 'yes', answer: 'yes' });
      assert.match((await again.poll()).body.scope, /shares:grant/);
      assert.equal(isTicked(await look(await gateway.startAgain())), true);
    });

    it('RFC 8628 5.4: lets nobody in who was not shown before, also where the form was sent without an answer', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      const typed = { user_code: gateway.userCode, grant: 'yes' };
      const page = await submit('/device', { ...typed, answer: 'yes' });
      isPlainAndReadable(page);
      assert.match(page.text, /<dd>Node-RED<\/dd>/);
      assert.match(page.text, /<p role="status" class="note">Compare what is shown/);
      assert.doesNotMatch(page.text, /role="alert"|aria-invalid/, 'nothing is wrong');
      await submit('/device', { ...typed, shown: 'another', answer: 'yes' });
      await submit('/device', { ...asShown(page), grant: 'yes' });
      assert.equal((await gateway.poll()).body.error, 'authorization_pending');
      assert.match((await submit('/device', { ...asShown(page), answer: 'yes' })).text, /Node-RED is let in/);
    });

    it('RFC 8628 3.3.1: shows a device as such, with code, fingerprint, when and where from; the link alone approves nothing', async () => {
      const device = await aWaitingDevice(server.issuer);
      const page = await look(device);
      isPlainAndReadable(page);
      assert.match(page.text, /<h1>Is this device yours\?<\/h1>/);
      for (const shown of [device.userCode, '<dd>Thermostat</dd>', '<dd>127.0.0.1</dd>', asShown(page).shown])
        assert.ok(page.text.includes(shown), shown);
      const groups = (asShown(page).shown ?? '').match(/.{1,6}/g)?.map((group) => `<span>${group}</span>`) ?? [];
      assert.ok(groups.length === 8 && page.text.includes(groups.join('')), 'in groups, to be compared by eye');
      assert.match(page.text, /<dt>Asked<\/dt>/);
      assert.doesNotMatch(page.text, /name="grant"|Node-RED/, 'it is asked for nothing else');
      const typed = device.userCode.replace('-', '').toLowerCase();
      const other = await call(server.issuer, 'GET', `/device?user_code=${typed}`);
      assert.ok(other.text.includes(`<code>${device.userCode}</code>`), 'as the device shows it, however it was typed');
      assert.match(page.text, />It is mine<[\s\S]*>No, not mine</);
      assert.equal((await device.poll()).body.error, 'authorization_pending');
      const done = await submit('/device', { ...asShown(page), device_name: 'Hall', answer: 'yes' });
      assert.match(done.text, /Hall is yours\./);
      assert.equal((await device.poll()).body.scope, 'device:claim');
      const [mine] = (await owner.api('GET', '/api/devices')).body.items;
      assert.deepEqual([mine.name, mine.callsItself, mine.state], ['Hall', 'Thermostat', 'active']);
    });

    it('says that a name is taken and that a device has an owner; a name of its own is escaped', async () => {
      const first = await aWaitingDevice(server.issuer, '<b>Boiler</b>');
      const before = await look(first);
      assert.match(before.text, /&lt;b&gt;Boiler/);
      assert.doesNotMatch(before.text, /<b>|Careful|has an owner/);
      await submit('/device', { ...asShown(before), answer: 'yes' });
      const second = await aWaitingDevice(server.issuer, '<b>boiler</b>');
      assert.match((await look(second)).text, /Careful: another device goes by this name/);
      const again = await first.startAgain();
      assert.match((await look(again)).text, /It has an owner already/);
    });

    it('says of one’s own device that what it may do stays, and of one without a share that it may do nothing yet', async () => {
      const device = await aWaitingDevice(server.issuer);
      const first = await submit('/device', { ...asShown(await look(device)), answer: 'yes' });
      assert.match(first.text, /It may do nothing yet/);
      const resource = await aResource(await aGateway(server.issuer, owner));
      const party = { kind: 'device', id: device.clientId };
      const { body: share } = await owner.api('POST', '/api/shares', { resource, party, scopes: ['start'] });
      const answerAgain = async () =>
        submit('/device', { ...asShown(await look(await device.startAgain())), answer: 'yes' });
      const again = await answerAgain();
      assert.match(again.text, /It is still yours; what it may do stays\./);
      assert.doesNotMatch(again.text, /may do nothing/);
      await owner.api('DELETE', `/api/shares/${share.id}`);
      assert.match((await answerAgain()).text, /It may do nothing yet/);
    });

    it('refuses a device: wrong password, a guest, another site, an impossible name, and the owner’s no', async () => {
      const device = await aWaitingDevice(server.issuer);
      const form = { ...asShown(await look(device)), answer: 'yes' };
      await refuses('/device', form);
      const unnamed = await submit('/device', { ...form, device_name: '\u0007' });
      assert.equal(unnamed.status, 400);
      assert.match(unnamed.text, /id="device_name"[^>]*aria-invalid="true"/);
      assert.equal((await device.poll()).body.error, 'authorization_pending');
      await submit('/device', { user_code: device.userCode, answer: 'no' });
      assert.equal((await device.poll()).body.error, 'access_denied');
    });

    it('refuses it, and the gateway hears so', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      assert.match((await submit('/device', { user_code: gateway.userCode, answer: 'no' })).text, /refused/i);
      assert.equal((await gateway.poll()).body.error, 'access_denied');
    });

    it('does nothing for a wrong password, a guest or another site', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      await refuses('/device', { ...asShown(await look(gateway)), answer: 'yes' });
      assert.equal((await gateway.poll()).body.error, 'authorization_pending');
    });

    it('says at the field that a code is unknown', async () => {
      const looked = await call(server.issuer, 'GET', '/device?user_code=BBBB-BBBB');
      isPlainAndReadable({ ...looked, status: 200 });
      for (const page of [looked, await submit('/device', { user_code: 'BBBB-BBBB', answer: 'yes' })]) {
        assert.equal(page.status, 404);
        assert.match(page.text, /role="alert"[^>]*>This code is not right/);
        assert.match(page.text, /id="user_code"[^>]*aria-invalid="true"/);
      }
    });

    it('lets nobody in while everything is stopped', async () => {
      const gateway = await aWaitingGateway(server.issuer, ALL);
      await owner.api('POST', '/api/panic');
      const page = await submit('/device', { ...asShown(await look(gateway)), answer: 'yes' });
      assert.equal(page.status, 409);
      assert.match(page.text, /role="alert".*<a href="\/panic">/);
      assert.doesNotMatch(page.text, /aria-invalid/, 'no field is wrong');
      assert.notEqual((await gateway.poll()).status, 200);
    });

    it('RFC 8628 5.1: shows nothing more to whoever guesses codes', async () => {
      const limited = await aServer({ rateLimits: true });
      try {
        const gateway = await aWaitingGateway(limited.issuer, ALL);
        const look = (code: string) => call(limited.issuer, 'GET', `/device?user_code=${code}`);
        assert.match((await look(gateway.userCode)).text, /<dd>Node-RED<\/dd>/);
        for (let guess = 0; guess < 60; guess++) await look('BBBB-BBBB');
        const refused = await look(gateway.userCode);
        assert.doesNotMatch(refused.text, /<dd>Node-RED<\/dd>/);
        assert.deepEqual([refused.status, /Too many attempts/.test(refused.text)], [429, true]);
      } finally {
        await limited.end();
      }
    });
  });

  it('sends a person to the set-up link, while there is no owner who could sign in', async () => {
    const ownerless = await aServer({ owner: undefined } as object);
    try {
      for (const path of ['/', '/device', '/panic']) {
        const page = await call(ownerless.issuer, 'GET', path);
        isPlainAndReadable(page);
        assert.match(page.text, /no owner yet[\s\S]*Open the set-up link/, path);
        assert.doesNotMatch(page.text, /<form/, path);
      }
    } finally {
      await ownerless.end();
    }
  });

  it('a mistyped address leads a person back; a program is told in JSON', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const page = await call(server.issuer, 'GET', '/devise', { headers: browser });
    assert.equal(page.status, 404);
    assert.match(page.text, /<h1>Nothing here<\/h1>[\s\S]*<a href="\/">/);
    const unknown: [string, string, Record<string, string>][] = [
      ['GET', '/devise', {}],
      ['GET', '/devise', { accept: '*/*' }],
      ['POST', '/devise', browser],
      ['GET', '/api/devise', { accept: 'application/json' }],
    ];
    for (const [method, path, headers] of unknown)
      assert.deepEqual(
        await call(server.issuer, method, path, { headers }).then(({ status, body }) => [status, body?.error]),
        [404, 'not_found'],
      );
    const star = await call(server.issuer, 'GET', '/*');
    assert.equal(star.status, 404, 'the page has no address of its own');
  });

  describe('/panic', () => {
    const active = async () => (await owner.api('GET', '/api/home')).body.panic.active;

    it('ends the stop of everything with the owner’s password', async () => {
      isPlainAndReadable(await call(server.issuer, 'GET', '/panic'));
      await owner.api('POST', '/api/panic');
      const done = await submit('/panic', {});
      assert.equal(done.status, 200);
      assert.match(done.text, /Everything goes on[\s\S]*<a href="\/device">/);
      assert.equal(done.headers['set-cookie'], undefined);
      assert.equal(await active(), false);
      assert.match((await submit('/panic', {})).text, /Nothing was stopped/);
    });

    it('ends nothing for a wrong password, a guest or another site', async () => {
      await owner.api('POST', '/api/panic');
      await refuses('/panic', {});
      assert.equal(await active(), true);
    });
  });
});

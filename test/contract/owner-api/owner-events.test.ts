/** `GET /api/events`: an owner's page hears that something changed, and nothing else. */
import assert from 'node:assert/strict';
import { type EventStream, type HeardEvent, readStream } from '../support/event-stream.ts';
import { type AServer, aServer, call, PASSWORD, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource, askingDevice, aWaitingGateway } from './outside-client.ts';

describe('GET /api/events', () => {
  let server: AServer;
  let owner: SignedIn;
  const open: EventStream[] = [];
  beforeEach(async () => {
    server = await aServer();
    owner = await signIn(server.issuer);
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close();
    await server.end();
  });

  const listen = async ({ headers }: SignedIn): Promise<EventStream> => {
    const abort = new AbortController();
    const response = await fetch(`${server.issuer}/api/events`, { headers, signal: abort.signal });
    assert.equal(response.status, 200);
    assert.match(String(response.headers.get('content-type')), /^text\/event-stream/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.ok(response.body);
    const stream = readStream(response.body, abort);
    open.push(stream);
    await stream.heartbeat();
    return stream;
  };
  const tells = (topic: string) => (event: HeardEvent) => event.data.topics.includes(topic);

  it('tells of a request as soon as a device has made it', async () => {
    const gateway = await aGateway(server.issuer, owner);
    const resource = await aResource(gateway);
    const device = await askingDevice(server.issuer, gateway, 'Thermostat');
    await owner.api('POST', `/api/devices/${device.id}/claim`, {});
    const stream = await listen(owner);
    assert.equal((await device.ask(resource)).body.error, 'request_submitted');
    const { event, data } = await stream.next(tells('requests'));
    assert.equal(event, 'changed');
    assert.deepEqual(Object.keys(data), ['topics'], 'that something changed, never what');
  });

  it('needs both halves of an owner’s session: no guest, no gateway, no cookie alone', async () => {
    await owner.api('POST', '/api/people', { name: 'Bob', password: 'a few easy words' });
    const guest = await signIn(server.issuer, 'Bob', 'a few easy words');
    const status = async (headers: Record<string, string>) =>
      (await call(server.issuer, 'GET', '/api/events', { headers })).status;
    assert.equal(await status({ cookie: owner.cookie }), 401);
    assert.equal(await status(guest.headers), 403);
    assert.equal(await status({ ...owner.headers, origin: 'http://127.0.0.1:1880' }), 403);
    const gateway = await aWaitingGateway(server.issuer, 'shares:read');
    await owner.api('POST', `/api/codes/${gateway.userCode}/approve`, {});
    const { access_token: token } = (await gateway.poll()).body;
    assert.equal((await gateway.api(token, 'GET', '/api/events')).status, 403);
  });

  it('tells nobody of another owner’s things, and every owner of a device that is nobody’s', async () => {
    await owner.api('POST', '/api/people', { name: 'Carol', password: PASSWORD, kind: 'owner' });
    const carol = await listen(await signIn(server.issuer, 'Carol'));
    await owner.api('POST', '/api/registration-tokens', { for: 'device', uses: 1, expiresIn: 60 });
    await owner.api('POST', '/api/open-registration', {});
    await aDevice(server.issuer);
    assert.deepEqual((await carol.next()).data, { topics: ['devices'] });
  });

  it('tells what comes soon after one another together', async () => {
    const stream = await listen(owner);
    for (let count = 0; count < 20; count += 1) await aDevice(server.issuer, `Lamp ${count}`);
    await owner.api('POST', '/api/panic');
    let messages = 1;
    for (let event = await stream.next(); !tells('home')(event); event = await stream.next()) messages += 1;
    assert.ok(messages <= 3, `${messages} messages`);
  });

  it('ends with its session: signed out here, ended from elsewhere, stopped by a panic', async () => {
    const here = await listen(owner);
    const [phone, tablet] = [await signIn(server.issuer), await signIn(server.issuer)];
    const [onPhone, onTablet] = [await listen(phone), await listen(tablet)];
    await phone.api('DELETE', '/api/session');
    await onPhone.ended;
    await owner.api('POST', '/api/panic');
    await onTablet.ended;
    const { items } = (await owner.api('GET', '/api/sessions')).body;
    const other = await signIn(server.issuer);
    await other.api('DELETE', `/api/sessions/${items[0].id}`);
    await here.ended;
  });

  it('keeps four streams of a session: one more ends the oldest', async () => {
    const first = await listen(owner);
    for (let count = 0; count < 4; count += 1) await listen(owner);
    await first.ended;
  });

  it('ends when the server stops', async () => {
    const stream = await listen(owner);
    await server.close();
    await stream.ended;
  });
});

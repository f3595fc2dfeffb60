/** Requests that make no sense, and those that nearly do, at every endpoint and from every kind of caller. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { fuzz, fuzzTimeoutMs, oddTexts, pollution, watchPrototypes } from '../../support/fuzz.ts';
import { type Home, openHome, ownerHeaders } from '../support/home.ts';
import { type RawAnswer, sendRaw } from '../support/raw-request.ts';
import { serverPlace } from '../support/running-server.ts';
import { umaGrant } from '../support/test-client.ts';
import { assertion, proof } from '../support/test-key.ts';

const runs = 600;
const room = join(import.meta.dirname, '../../../lib/built-in-server');

/** Everything in the room's code that looks like a path; which of them are, and for which methods, the server says. */
function pathsInCode(): string[] {
  const sources = readdirSync(room, { recursive: true }).map(String);
  const texts = sources.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(room, name), 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(/'(\/[\w.{}/-]*)'/g)].map(([, path = '']) => path));
  return [...new Set(found)];
}

async function endpointsOf(port: number): Promise<[method: string, path: string][]> {
  const host = ['Host', `127.0.0.1:${port}`] as const;
  const asked = pathsInCode().map(async (path) => {
    const target = path.replaceAll(/\{\w+\}/g, 'x');
    const answer = await sendRaw(port, { method: 'PROPFIND', target, headers: [host, ['Connection', 'close']] });
    if (answer === 'closed' || answer.status !== 405) return [];
    const methods = (answer.headers.get('allow') ?? '').split(', ');
    return methods.map((method) => [method, path] as [string, string]);
  });
  return (await Promise.all(asked)).flat();
}

/** Who asks: a caller's own headers and, at the endpoints of clients, its assertion. */
type Who = 'nobody' | 'owner' | 'half a session' | 'gateway' | 'gateway with a new proof of another' | 'device';

interface Odd {
  who: Who;
  endpoint: number;
  method: string | undefined;
  id: string;
  query: string;
  target: 'absolute' | 'other' | undefined;
  host: string | undefined;
  headers: [string, string][] | undefined;
  body: Body;
  type: string | undefined;
  framing: Framing | undefined;
}

/** Half of a surrogate pair has no form in an address. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, 'x');

/** How the length of the body is told, if not by a true `Content-Length`. */
type Framing = 'chunked' | 'both' | 'too long' | 'broken chunk' | 'odd length';

type Body =
  | { kind: 'none' }
  | { kind: 'json'; members: [string, unknown][]; list: boolean }
  | { kind: 'form'; parameters: [string, string][] }
  | { kind: 'text'; text: string }
  | { kind: 'bytes'; bytes: number[] }
  | { kind: 'deep'; with: string; levels: number }
  | { kind: 'large'; kilobytes: number };

const members = [
  'id', 'target', 'kind', 'number', 'state', 'name', 'type', 'resource_id', 'resource_scopes', 'icon_uri', 'jwks', 'keys',
  'description', 'client_name', 'grant_types', 'scope', 'scopes', 'party', 'resource', 'conditions', 'until', 'weekly',
  'once', 'notBefore', 'password', 'code', 'connect', 'uses', 'for', 'expiresIn', 'resources', 'token', 'share', 'device',
  'pair', 'everything', 'mayGrant', 'jwk', 'redirect_uris', 'claims_redirect_uris', '__proto__', 'constructor',
]; // biome-ignore format: a list to read through
const parameters = [
  'grant_type', 'ticket', 'scope', 'rpt', 'pct', 'claim_token', 'claim_token_format', 'resource', 'audience', 'claims',
  'request', 'request_uri', 'prompt', 'max_age', 'id_token_hint', 'code', 'redirect_uri', 'code_verifier', 'response_type',
  'refresh_token', 'device_code', 'user_code', 'token', 'token_type_hint', 'authorization_details', 'client_id', 'state',
  'client_secret', 'client_assertion', 'client_assertion_type', 'username', 'password', 'again', 'name', 'connect', 'grant',
  '__proto__', 'constructor', 'toString',
]; // biome-ignore format: a list to read through
const grants = [
  umaGrant, 'client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'password', 'implicit',
  'authorization_code', 'urn:openid:params:grant-type:ciba', 'urn:ietf:params:oauth:grant-type:token-exchange',
]; // biome-ignore format: a list to read through
const headerNames = [
  'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded', 'Via', 'X-Real-IP', 'Authorization', 'DPoP',
  'Cookie', 'X-CSRF-Token', 'Origin', 'Sec-Fetch-Site', 'Content-Encoding', 'Accept', 'Accept-Language', 'Expect', 'Range',
  'If-None-Match', 'Last-Event-ID', 'Upgrade', 'Connection', 'Transfer-Encoding', 'Content-Length', 'Content-Type', 'Host',
  'X-HTTP-Method-Override', 'Referer', 'TE', 'Trailer', '__proto__',
]; // biome-ignore format: a list to read through

const text = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary', maxLength: 30 }));
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  text,
  fc.constantFrom<unknown>(JSON.parse(pollution), 1e308, -1, 2 ** 53),
);
const headerValue = fc
  .oneof(
    text,
    fc.constantFrom('DPoP x', 'Bearer x', 'Basic Og==', 'uma_session=x; uma_session=y', 'null', 'gzip', 'chunked'),
  )
  .map((value) => value.slice(0, 20_000));

const body = fc.oneof(
  { weight: 2, arbitrary: fc.record<Body>({ kind: fc.constant('none') } as never) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('json' as const),
      members: fc.array(fc.tuple(fc.constantFrom(...members), json), { maxLength: 6 }),
      list: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('form' as const),
      parameters: fc.array(
        fc.oneof(
          fc.tuple(fc.constantFrom(...parameters), text),
          fc.tuple(fc.constant('grant_type'), fc.constantFrom(...grants)),
        ),
        { maxLength: 6 },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('text' as const), text }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes: fc.array(fc.nat(255), { maxLength: 50 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deep' as const),
      with: fc.constantFrom('[', '{"a":', '[{"scopes":'),
      levels: fc.nat(60_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('large' as const), kilobytes: fc.nat(10_240) }) },
) as fc.Arbitrary<Body>;

/** Mostly as it should be: where all is odd, nothing gets past the first guard. */
function seldom<T>(other: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: other });
}

const odd: fc.Arbitrary<Odd> = fc.record({
  who: fc.constantFrom<Who>('nobody', 'owner', 'owner', 'half a session', 'gateway', 'gateway', 'device'),
  endpoint: fc.nat(1_000),
  method: seldom(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'LOCK', 'x')),
  id: fc.oneof(fc.constantFrom('resource', 'device', 'share'), text),
  query: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, text),
  target: seldom(fc.constantFrom<'absolute' | 'other'>('absolute', 'other')),
  host: seldom(fc.oneof(text, fc.constantFrom('evil.example', 'localhost', '127.0.0.1'))),
  headers: seldom(fc.array(fc.tuple(fc.constantFrom(...headerNames), headerValue), { maxLength: 4 })),
  body,
  type: seldom(
    fc.constantFrom('text/plain', 'application/json; charset=latin1', 'multipart/form-data', 'application/json;;', ''),
  ),
  framing: seldom(fc.constantFrom<Framing>('chunked', 'both', 'too long', 'broken chunk', 'odd length')),
});

function bytesOf(body: Body): { content: Buffer; type: string } | undefined {
  const asJson = (content: string | Buffer) => ({ content: Buffer.from(content), type: 'application/json' });
  switch (body.kind) {
    case 'none':
      return undefined;
    case 'json': {
      const object = `{${body.members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
      return asJson(body.list ? `[${object}]` : object);
    }
    case 'form': {
      const content = Buffer.from(new URLSearchParams(body.parameters).toString());
      return { content, type: 'application/x-www-form-urlencoded' };
    }
    case 'text':
      return asJson(body.text);
    case 'bytes':
      return asJson(Buffer.from(body.bytes));
    case 'deep':
      return asJson(body.with.repeat(body.levels));
    case 'large':
      return asJson(Buffer.alloc(body.kilobytes * 1024, ' '));
  }
}

/** A body behind what is said of its length. */
function framed(
  framing: Framing | undefined,
  content: Buffer,
): { headers: [string, string][]; body: Buffer; honest: boolean } {
  const length: [string, string] = ['Content-Length', String(content.length)];
  const chunked: [string, string] = ['Transfer-Encoding', 'chunked'];
  const whole = Buffer.concat([
    ...(content.length > 0 ? [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')] : []),
    Buffer.from('0\r\n\r\n'),
  ]);
  if (framing === 'chunked') return { headers: [chunked], body: whole, honest: true };
  if (framing === 'both') return { headers: [length, chunked], body: whole, honest: false };
  if (framing === 'broken chunk') return { headers: [chunked], body: whole.subarray(0, -6), honest: false };
  if (framing === 'too long')
    return { headers: [['Content-Length', String(content.length + 7)]], body: content, honest: false };
  if (framing === 'odd length') return { headers: [['Content-Length', '1e9']], body: content, honest: false };
  return { headers: [length], body: content, honest: true };
}

describe('odd requests at every endpoint', () => {
  let home: Home;
  let endpoints: [string, string][];
  let owner: Record<string, string>;
  let rpt: { token: string; device: Awaited<ReturnType<Home['stranger']>> };
  let ids: Map<string, string>;
  let port: number;
  let nonce: string | undefined;

  before(async () => {
    home = await openHome();
    ({ port } = home.server);
    endpoints = await endpointsOf(port);
    owner = await ownerHeaders(home.issuer);
    const device = await home.stranger();
    const share = await home.share(device);
    ids = new Map(Object.entries({ resource: home.resource, share, device: device.clientId }));
    rpt = { device, token: (await device.rpt(await home.ticket())).body.access_token };
  });
  after(() => home.close());

  it('knows the endpoints, those of the owner API included', () => {
    const known = endpoints.map((endpoint) => endpoint.join(' '));
    for (const one of ['POST /token', 'PUT /resources/{id}', 'PATCH /api/shares/{id}', 'POST /setup', 'GET /events'])
      assert.ok(known.includes(one), one);
    assert.ok(known.length > 50, `${known.length} endpoints`);
  });

  /** The caller's headers, good for this very request. */
  async function of(who: Who, method: string, path: string): Promise<[string, string][]> {
    if (who === 'owner') return Object.entries(owner);
    if (who === 'half a session') return [['cookie', owner.cookie ?? '']];
    if (who === 'nobody') return [];
    const { key } = who === 'device' ? rpt.device : home.gateway;
    const token = who === 'device' ? rpt.token : home.pat;
    const url = home.issuer + path;
    const isForm = /^\/(token|device\/auth)/.test(path);
    const made = await proof(key, { method, url, nonce, ...(isForm ? {} : { token }) });
    return [['DPoP', made], ...(isForm ? [] : [['Authorization', `DPoP ${token}`] as [string, string]])];
  }

  /** At the endpoints of clients, a form is nothing without the client's word. */
  async function signed(body: Body, { who, path }: { who: Who; path: string }): Promise<Body> {
    if (body.kind !== 'form' || (who !== 'gateway' && who !== 'device')) return body;
    if (!/^\/(token|device\/auth)/.test(path)) return body;
    const client = who === 'device' ? rpt.device : home.gateway;
    const word = await assertion(client.key, client.clientId, home.issuer);
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const own: [string, string][] = [
      ['client_assertion', word],
      ['client_assertion_type', type],
    ];
    return { kind: 'form', parameters: [...body.parameters, ...own] };
  }

  async function send(one: Odd): Promise<{ answer: RawAnswer | 'closed'; honest: boolean; what: string }> {
    const [usual = 'GET', pattern = '/'] = endpoints[one.endpoint % endpoints.length] ?? [];
    const method = one.method ?? usual;
    const id = encodeURI(wellFormed(ids.get(one.id) ?? one.id)).slice(0, 3_000);
    const path = pattern.replaceAll(/\{\w+\}/g, () => id.replaceAll(/[\s?#]/g, '') || 'x');
    const query = one.query === '' ? '' : `?${encodeURI(wellFormed(one.query)).slice(0, 3_000)}`;
    const target = {
      path: path + query,
      absolute: home.issuer + path,
      other: one.id.replaceAll(/[\s\r\n]/g, '') || '*',
    };
    const content = bytesOf(await signed(one.body, { who: one.who, path }));
    const frame = content && framed(one.framing, content.content);
    const host = one.host === undefined ? `127.0.0.1:${port}` : one.host.replaceAll(/[\r\n]/g, '');
    const type = one.type ?? content?.type;
    const headers: [string, string][] = [
      ['Host', host],
      ['Connection', 'close'],
      ...(await of(one.who, method, path)),
      ...(content && type !== undefined ? [['Content-Type', type] as [string, string]] : []),
      ...(frame?.headers ?? []),
      ...(one.headers ?? []),
    ];
    const breaksOff = frame?.honest === false;
    const answer = await sendRaw(port, {
      method,
      target: target[one.target ?? 'path'].slice(0, 9_000),
      headers,
      breaksOff,
      ...(frame && { body: frame.body }),
    });
    if (answer !== 'closed') nonce = answer.headers.get('dpop-nonce') ?? nonce;
    const isClean = (one.headers ?? []).every(([, value]) => /^[\t\x20-\x7e]*$/.test(value));
    return { answer, honest: frame?.honest !== false && isClean, what: `${method} ${pattern} by ${one.who}` };
  }

  /** A good panic, or a good sign-out, among them must not make strangers of all callers that follow. */
  async function mend(what: string): Promise<void> {
    if (!/\/api\/(panic|sessions?) by/.test(what)) return;
    owner = await ownerHeaders(home.issuer);
  }

  it('are refused within five seconds, tell nothing of the inside, and leave nothing behind', async function () {
    this.timeout(fuzzTimeoutMs(runs, 60_000));
    const unchanged = watchPrototypes();
    const heap = heapAfterCollection();
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(odd, async (one) => {
        const { answer, honest, what } = await send(one);
        unchanged();
        assert.deepEqual(home.place.lines, [], what);
        if (answer === 'closed') {
          assert.ok(!honest, `${what}: closed without an answer`);
          return;
        }
        const { status, text: said, headers } = answer;
        seen.set(`${Math.floor(status / 100)}xx`, (seen.get(`${Math.floor(status / 100)}xx`) ?? 0) + 1);
        assert.ok(status >= 200 && status < 500, `${what} -> ${status} ${said}`);
        assert.doesNotMatch(said, /\bat .+:\d+:\d+|node:internal|node_modules|\/lib\//, what);
        const told = headers.get('content-type')?.startsWith('application/json') && one.method !== 'HEAD';
        if (status >= 400 && told) assert.equal(typeof JSON.parse(said).error, 'string', `${what} -> ${said}`);
        if (status < 300) await mend(what);
      }),
      fuzz(runs),
    );
    const grown = (heapAfterCollection() - heap) / 2 ** 20;
    assert.ok(grown < 60, `${Math.round(grown)} MB more after the requests than before`);
    for (const kind of ['2xx', '4xx']) assert.ok((seen.get(kind) ?? 0) > runs / 60, JSON.stringify([...seen]));
    assert.equal((await home.gateway.call('GET', '/resources', await home.gateway.pat())).status, 200, 'it goes on');
  });

  it('do not make anybody an owner of a server that has none', async function () {
    this.timeout(fuzzTimeoutMs(100, 30_000));
    const place = await serverPlace();
    const server = await place.start({ owner: undefined } as never);
    const link = server.setUpLink();
    assert.ok(link);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/setup', '/api/setup'), body, async (path, sent) => {
        const content = bytesOf(sent);
        const frame = content && framed(undefined, content.content);
        const headers: [string, string][] = [
          ['Host', `127.0.0.1:${server.port}`],
          ['Connection', 'close'],
          ...(content ? [['Content-Type', content.type] as [string, string]] : []),
          ...(frame?.headers ?? []),
        ];
        const answer = await sendRaw(server.port, {
          method: 'POST',
          target: path,
          headers,
          ...(frame && { body: frame.body }),
        });
        assert.ok(answer !== 'closed' && answer.status >= 400 && answer.status < 500, JSON.stringify(answer));
        assert.deepEqual(place.lines, []);
      }),
      fuzz(100),
    );
    const { status } = await fetch(link);
    assert.equal(status, 200, 'the link still makes the first owner');
    await place.remove();
  });
});

/** What is in use once all that can go has gone. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

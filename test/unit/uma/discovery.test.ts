import assert from 'node:assert/strict';
import {
  type DiscoveryCode,
  DiscoveryError,
  discover,
  endpointOf,
  type Fetch,
  UnreachableError,
} from '../../../lib/uma/index.ts';
import { empty, fakeServer, ISSUER, json, METADATA } from './fake-server.ts';

async function refused(promise: Promise<unknown>, code: DiscoveryCode): Promise<DiscoveryError> {
  const error = await promise.then(
    () => assert.fail('was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DiscoveryError, String(error));
  assert.equal(error.code, code);
  return error;
}

/** Answers by path; everything else is 404. */
function site(pages: Record<string, unknown>) {
  const page = ({ url }: { url: string }) => (url in pages ? json(200, pages[url]) : empty(404));
  return fakeServer(page, page, page);
}

describe('uma: discovery', () => {
  it('G 2: reads the document at the issuer + /.well-known/uma2-configuration', async () => {
    const { http, requests } = fakeServer(json(200, METADATA));
    assert.deepEqual(await discover(ISSUER, http), METADATA);
    assert.deepEqual(
      requests.map(({ method, url, headers }) => [method, url, headers.accept]),
      [['GET', `${ISSUER}/.well-known/uma2-configuration`, 'application/json']],
    );
  });

  it('every request carries the signal that ends it', async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const { token_endpoint: _, ...uma } = METADATA;
    const replies = [json(200, uma), json(200, METADATA)];
    const fetch: Fetch = async (_url, options) => {
      seen.push(options.signal);
      return replies.shift() ?? empty(404);
    };
    await discover(ISSUER, { fetch, signal });
    assert.deepEqual(seen, [signal, signal]);
  });

  it('RFC 8414 3.1: an issuer that ends with a slash keeps it, and its document is found', async () => {
    const issuer = 'https://as.example/';
    const { http, requests } = fakeServer(json(200, { ...METADATA, issuer }));
    assert.equal((await discover(issuer, http)).issuer, issuer);
    assert.equal(requests[0]?.url, 'https://as.example/.well-known/uma2-configuration');
  });

  it('G 2, RFC 8414 3.3: the issuer must be the same, letter by letter', async () => {
    for (const issuer of [`${ISSUER}/`, 'https://AS.example/home', 'https://evil.example', 'https://as.example']) {
      const error = await refused(
        discover(ISSUER, fakeServer(json(200, { ...METADATA, issuer })).http),
        'issuer_mismatch',
      );
      assert.deepEqual(error.hint.values, { expected: ISSUER, actual: issuer });
    }
  });

  it('RFC 8414 2: an issuer has no query, no fragment and no password', async () => {
    for (const where of [
      `${ISSUER}?a=b`,
      `${ISSUER}#a`,
      'https://me:secret@as.example',
      'as.example',
      'ftp://as.example',
      '',
    ]) {
      const { http, requests } = fakeServer();
      const error = await refused(discover(where, http), 'invalid_url');
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(requests.length, 0);
    }
  });

  describe('by the URL of the document', () => {
    const url = 'https://am.example/am/uma/realms/root/.well-known/uma2-configuration?realm=/';
    const metadata = { ...METADATA, issuer: 'https://am.example/am/oauth2' };

    it('asks exactly that URL, and takes an issuer of the same origin', async () => {
      const { http, requests } = fakeServer(json(200, metadata));
      assert.equal((await discover(url, http)).issuer, metadata.issuer);
      assert.equal(requests[0]?.url, url);
    });

    it('refuses an issuer of another origin, unless it is the one expected', async () => {
      const elsewhere = { ...metadata, issuer: 'https://id.example' };
      await refused(discover(url, fakeServer(json(200, elsewhere)).http), 'issuer_mismatch');
      await refused(discover(url, fakeServer(json(200, { ...metadata, issuer: 'no URL' })).http), 'issuer_mismatch');
      const { http } = fakeServer(json(200, elsewhere));
      assert.equal((await discover(url, { ...http, issuer: 'https://id.example' })).issuer, 'https://id.example');
    });

    it('refuses another issuer than the one expected, of the same origin too', async () => {
      const { http } = fakeServer(json(200, metadata));
      await refused(discover(url, { ...http, issuer: 'https://am.example/am/oauth2/other' }), 'issuer_mismatch');
    });
  });

  describe('endpoints published elsewhere', () => {
    const { token_endpoint, revocation_endpoint, ...uma } = METADATA;
    const page = `${ISSUER}/.well-known/uma2-configuration`;
    const oidc = `${ISSUER}/.well-known/openid-configuration`;
    const oauth = 'https://as.example/.well-known/oauth-authorization-server/home';
    const general = { issuer: ISSUER, token_endpoint, revocation_endpoint, jwks_uri: 'https://as.example/other', x: 1 };

    it('F 2: come from the OpenID Connect document; what the UMA document says itself stands', async () => {
      const server = await discover(ISSUER, site({ [page]: uma, [oidc]: general }).http);
      assert.deepEqual(server, { ...METADATA, x: 1 });
    });

    it('RFC 8414 3: or from the OAuth document', async () => {
      const server = await discover(ISSUER, site({ [page]: uma, [oauth]: general }).http);
      assert.equal(server.revocation_endpoint, revocation_endpoint);
    });

    it('count only if the issuer is exactly the same', async () => {
      const evil = { ...general, issuer: 'https://evil.example', token_endpoint: 'https://evil.example/token' };
      await refused(discover(ISSUER, site({ [page]: uma, [oidc]: evil, [oauth]: [general] }).http), 'endpoint_missing');
    });

    it('are not asked for when the server cannot answer: half of the metadata would be kept for whole', async () => {
      const { http } = fakeServer(json(200, uma), empty(503));
      await assert.rejects(discover(ISSUER, http), UnreachableError);
    });

    it('a redirect to a login page there is no document', async () => {
      const redirect = empty(302, { location: 'https://as.example/login' });
      const { http, requests } = fakeServer(json(200, uma), redirect, json(200, general));
      assert.equal((await discover(ISSUER, http)).token_endpoint, token_endpoint);
      assert.equal(requests.length, 3);
    });
  });

  it('G 2: a server without the document is no UMA 2.0 server', async () => {
    for (const status of [404, 403, 301]) {
      const error = await refused(discover(ISSUER, fakeServer(empty(status)).http), 'no_uma_discovery');
      assert.equal(error.response?.status, status);
      assert.equal(error.hint.values?.url, `${ISSUER}/.well-known/uma2-configuration`);
    }
  });

  it('RFC 8414 3.2: what is not a JSON object with an issuer is no metadata', async () => {
    const html = new Response('<html>', { headers: { 'content-type': 'text/html' } });
    for (const reply of [html, json(200, [METADATA]), json(200, null), json(200, {}), json(200, { issuer: 1 })]) {
      await refused(discover(ISSUER, fakeServer(reply).http), 'invalid_metadata');
    }
  });

  describe('F 1.3, RFC 8414 6: TLS', () => {
    it('http is refused beyond this machine, before anything is sent', async () => {
      for (const where of [
        'http://as.example',
        'http://192.168.1.5:1862',
        'http://127.0.0.1.example',
        'http://128.0.0.1',
      ]) {
        const { http, requests } = fakeServer();
        await refused(discover(where, http), 'insecure_url');
        assert.equal(requests.length, 0);
      }
    });

    for (const issuer of ['http://127.0.0.1:1862', 'http://127.8.9.1', 'http://localhost:1862', 'http://[::1]:1862']) {
      it(`${issuer} is this machine`, async () => {
        const metadata = Object.fromEntries(
          Object.entries(METADATA).map(([k, v]) => [k, String(v).replace(ISSUER, issuer)]),
        );
        assert.equal((await discover(issuer, fakeServer(json(200, metadata)).http)).issuer, issuer);
      });
    }

    it('http is used where the user has allowed it', async () => {
      const metadata = { ...METADATA, issuer: 'http://as.local', token_endpoint: 'http://as.local/token' };
      const { http } = fakeServer(json(200, metadata));
      assert.equal((await discover('http://as.local', { ...http, allowInsecureHttp: true })).issuer, 'http://as.local');
    });

    it('an https server may not send tokens to http endpoints, not even to this machine', async () => {
      for (const endpoint of ['http://as.example/token', 'http://127.0.0.1:1880/token']) {
        const metadata = { ...METADATA, permission_endpoint: endpoint };
        await refused(discover(ISSUER, fakeServer(json(200, metadata)).http), 'insecure_url');
        assert.throws(() => endpointOf(metadata, 'permission_endpoint', { allowInsecureHttp: true }), DiscoveryError);
      }
    });
  });

  it('an endpoint that is no web address is refused, and one that is missing is named', async () => {
    for (const introspection_endpoint of [
      '/introspect',
      'javascript:alert(1)',
      7,
      'https://u:p@as.example/i',
      'https://as.example/i#x',
    ]) {
      const metadata = { ...METADATA, introspection_endpoint };
      await refused(discover(ISSUER, fakeServer(json(200, metadata)).http), 'invalid_url');
    }
    assert.throws(() => endpointOf({ issuer: ISSUER }, 'permission_endpoint', {}), {
      code: 'endpoint_missing',
      hint: { key: 'hint.endpoint_missing', values: { server: ISSUER, what: 'permission_endpoint' } },
    });
  });
});

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { BuiltInServerOptions, RunningServer } from '../../../lib/built-in-server/start.ts';
import { freePort } from '../../support/free-port.ts';
import { askOverTls, tlsConnection, writeCertificate } from '../support/certificates.ts';
import { type RawRequest, sendRaw } from '../support/raw-request.ts';
import { ownerName, ownerPassword, type ServerPlace, serverPlace } from '../support/running-server.ts';

const dayMs = 24 * 60 * 60 * 1000;

describe('the server over TLS', () => {
  let place: ServerPlace;

  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(() => place.remove());

  const start = async (options: Partial<BuiltInServerOptions>, name = 'pi.test'): Promise<RunningServer> => {
    const port = await freePort();
    return place.start({ port, issuer: `https://${name}:${port}`, host: 'every', ...options });
  };
  const made = { certificate: { from: 'made' } } as const;

  it('makes a certificate for the issuer’s name on first use, keeps it with its key (0600), and shows its fingerprint', async () => {
    const server = await start(made);
    const { fingerprint } = await askOverTls(server.issuer, '/jwks');
    const shown = server.certificate?.();
    assert.deepEqual({ ...shown, expiresAt: 0 }, { fingerprint, made: true, expiresAt: 0 });
    const file = join(place.dir, 'certificate.pem');
    const kept = new X509Certificate(await readFile(file));
    assert.equal(kept.fingerprint256, fingerprint);
    assert.equal(kept.subjectAltName, 'DNS:pi.test');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await server.close();
    const again = await place.start({ ...made, port: server.port, issuer: server.issuer });
    assert.equal(again.certificate?.().fingerprint, fingerprint);
  });

  it('says on each page that takes a password what to compare of a certificate that it made, and how', async () => {
    const server = await start({ ...made, owner: { name: ownerName, password: ownerPassword } });
    const { fingerprint } = await askOverTls(server.issuer, '/jwks');
    for (const path of ['/device', '/panic']) {
      const { body } = await askOverTls(server.issuer, path);
      assert.ok(body.includes(`<code>${fingerprint}</code>`), path);
      assert.match(body, /server node under State/);
    }
  });

  it('makes one for an address, IPv6 too', async () => {
    for (const [host, name] of [
      ['192.168.7.3', 'IP Address:192.168.7.3'],
      ['[fd00::7]', 'IP Address:FD00:0:0:0:0:0:0:7'],
    ] as const) {
      const server = await start(made, host);
      assert.equal(new X509Certificate(await readFile(join(place.dir, 'certificate.pem'))).subjectAltName, name);
      assert.equal(server.certificate?.().made, true);
      await server.close();
    }
  });

  it('renews a made one thirty days before its end, with the same key, while connections stand', async () => {
    let nowMs = Date.now();
    let heard = (_line: string): void => {};
    const server = await start({
      ...made,
      nowMs: () => nowMs,
      certificateCheckMs: 20,
      log: (line) => heard(line),
    });
    const before = new X509Certificate(await readFile(join(place.dir, 'certificate.pem')));
    assert.ok(Date.parse(before.validTo) - nowMs < 398 * dayMs);
    const socket = await tlsConnection(server.port, 'pi.test');
    const renewed = new Promise<string>((resolve) => {
      heard = resolve;
    });
    nowMs = Date.parse(before.validTo) - 29 * dayMs;
    assert.match(await renewed, /another certificate.*[0-9A-F:]{95}/);
    const after = new X509Certificate(await readFile(join(place.dir, 'certificate.pem')));
    assert.notEqual(after.fingerprint256, before.fingerprint256);
    assert.deepEqual(after.publicKey.export({ format: 'jwk' }), before.publicKey.export({ format: 'jwk' }));
    assert.equal((await askOverTls(server.issuer, '/jwks')).fingerprint, after.fingerprint256);
    const old = await askOverTls(server.issuer, '/jwks', { socket });
    assert.deepEqual([old.status, old.fingerprint], [200, before.fingerprint256]);
  });

  it('takes files that are renewed while it runs, and keeps what it has while they do not fit', async () => {
    const lines: string[] = [];
    let heard = (): void => {};
    const files = await writeCertificate(place.dir, 'pi.test');
    const server = await start({
      certificate: { from: 'files', ...files },
      certificateCheckMs: 20,
      log: (line) => {
        lines.push(line);
        heard();
      },
    });
    const first = (await askOverTls(server.issuer, '/jwks')).fingerprint;
    const nextLine = (): Promise<void> =>
      new Promise((resolve) => {
        heard = resolve;
      });
    const complained = nextLine();
    await writeFile(files.key, 'half a key');
    await complained;
    assert.match(lines.at(-1) ?? '', /could not be renewed.*cannot be read as PEM/);
    assert.equal((await askOverTls(server.issuer, '/jwks')).fingerprint, first);
    await writeCertificate(place.dir, 'pi.test');
    while (!/shows another/.test(lines.at(-1) ?? '')) await nextLine();
    const second = (await askOverTls(server.issuer, '/jwks')).fingerprint;
    assert.notEqual(second, first);
    assert.equal(server.certificate?.().fingerprint, second);
  });

  it('a certificate that cannot serve: one sentence, and nothing is served', async () => {
    const good = await writeCertificate(place.dir, 'pi.test');
    const foreignKey = join(place.dir, 'foreign.pem');
    await writeFile(foreignKey, await readFile(good.key));
    const files = await writeCertificate(place.dir, 'pi.test');
    const missing = join(place.dir, 'none.pem');
    const refused = async (source: object, code: string, name = 'pi.test') =>
      assert.rejects(start({ certificate: { from: 'files', ...files, ...source } }, name), (fault: Error) => {
        assert.equal((fault as Error & { code: string }).code, code);
        assert.match(fault.message, /^[A-Z][^\n]*\.$/);
        return true;
      });
    await refused({ cert: missing }, 'certificate_unreadable');
    await refused({ key: missing }, 'certificate_unreadable');
    await refused({ key: files.cert }, 'certificate_malformed');
    await refused({ key: foreignKey }, 'certificate_key');
    await refused({}, 'certificate_name', 'nas.test');
    await refused({}, 'certificate_name', '192.168.7.3');
    await writeCertificate(place.dir, 'pi.test', -1);
    await refused({}, 'certificate_expired');
    const port = await freePort();
    for (const options of [{ port }, { port, issuer: `http://pi.test:${port}` }])
      await assert.rejects(place.start({ ...made, ...options }), { code: 'certificate_needs_https' });
  });

  it('RFC 9325 3.1.1: nothing below TLS 1.2', async () => {
    const server = await start(made);
    await assert.rejects(tlsConnection(server.port, 'pi.test', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }));
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await tlsConnection(server.port, 'pi.test', { minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    }
  });

  it('answers under no other name: neither in the handshake nor as Host', async () => {
    const server = await start(made);
    await assert.rejects(tlsConnection(server.port, 'evil.example'));
    for (const host of ['evil.example', `evil.example:${server.port}`, `127.0.0.1:${server.port}`, 'pi.test'])
      assert.equal((await askOverTls(server.issuer, '/jwks', { headers: { host } })).status, 421, host);
    // An address is never named in a handshake: the Host decides.
    (await tlsConnection(server.port)).destroy();
  });

  it('tells whoever speaks plainly where to go, in their language, and nothing of what they ask for or send', async () => {
    const server = await start(made);
    const ask = (method: string, more: Partial<RawRequest> = {}) =>
      sendRaw(server.port, { method, target: '/jwks', headers: [['Host', 'evil.example']], ...more });
    const asked = await ask('GET');
    assert.ok(asked !== 'closed');
    assert.deepEqual([asked.status, asked.headers.get('connection')], [400, 'close']);
    assert.ok(asked.text.startsWith(`This address speaks https: open ${server.issuer} instead.`));
    assert.doesNotMatch(`${[...asked.headers].join()}${asked.text}`, /evil|keys|location/i);
    const long = await ask('POST', { headers: [['Content-Length', '4000000']], body: Buffer.alloc(4_000_000) });
    assert.deepEqual(long, asked, 'it arrives although nobody reads what is sent');
    const german = await ask('GET', { headers: [['Accept-Language', 'de-AT, en;q=0.5']] });
    assert.ok(german !== 'closed' && german.text.startsWith('Diese Adresse spricht https:'));
    assert.equal(german.headers.get('content-language'), 'de');
  });

  it('answers nothing to what is neither', async () => {
    const server = await start(made);
    const socket = connect(server.port, '127.0.0.1');
    socket.on('data', (chunk) => assert.doesNotMatch(String(chunk), /HTTP/));
    socket.on('error', () => {});
    socket.write('{"method":"GET"}');
    await once(socket, 'close');
  });

  it('handshakes not begun or not ended, and plain requests without an end, keep nobody out, and go', async function () {
    this.timeout(20_000);
    const server = await start(made);
    // Nothing, the first bytes of a handshake and no more, and of a request.
    const begun = ['', Buffer.from('160301020001', 'hex'), 'GET /'];
    const silent = await Promise.all(
      Array.from({ length: 900 }, async (_, index) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => {});
        await once(socket, 'connect');
        const bytes = begun[index % begun.length] ?? '';
        if (bytes.length > 0) socket.write(bytes);
        return socket.resume();
      }),
    );
    assert.equal((await askOverTls(server.issuer, '/jwks')).status, 200);
    await Promise.all(silent.map((socket) => socket.destroyed || once(socket, 'close')));
  });

  it('stops without waiting for connections on which no handshake has ended', async () => {
    const server = await start(made);
    const callers = ['', Buffer.from('160301020001', 'hex'), 'GET /'].map(async (bytes) => {
      const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      await once(socket, 'connect');
      if (bytes.length > 0) socket.write(bytes);
      return socket;
    });
    const open = await Promise.all(callers);
    await askOverTls(server.issuer, '/jwks');
    const from = performance.now();
    await server.close();
    assert.ok(performance.now() - from < 4_500, 'and not until their five seconds are over');
    for (const socket of open) socket.destroy();
  });

  it('RFC 6265bis 4.1.3.2: the session’s cookie is Secure and bound to this host; the owner is shown the fingerprint', async () => {
    const server = await start(made);
    const body = JSON.stringify({ name: ownerName, password: ownerPassword });
    const json = { 'content-type': 'application/json' };
    const signedIn = await askOverTls(server.issuer, '/api/session', { method: 'POST', body, headers: json });
    const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
    assert.match(cookie, /^__Host-uma_session=[^;]+;.*; Secure$/);
    const session = {
      cookie: cookie.split(';')[0] ?? '',
      'x-csrf-token': (JSON.parse(signedIn.body) as { csrfToken: string }).csrfToken,
    };
    const home = await askOverTls(server.issuer, '/api/home', { headers: session });
    assert.deepEqual(JSON.parse(home.body).certificate, server.certificate?.());
  });

  it('RFC 6797: tells browsers to stay with TLS only where the name is this server’s alone and the certificate not its own', async () => {
    const files = await writeCertificate(place.dir, 'pi.test');
    const port = await freePort();
    const header = async (options: Partial<BuiltInServerOptions>, host: string) => {
      const server = await place.start({ port, host: 'every', ...options });
      const asked = await askOverTls(`https://pi.test:${port}`, '/jwks', { headers: { host } });
      assert.equal(asked.status, 200);
      await server.close();
      return asked.headers['strict-transport-security'];
    };
    const given = { from: 'files', ...files } as const;
    const issuer = 'https://pi.test';
    assert.match(String(await header({ certificate: given, issuer }, 'pi.test')), /^max-age=\d+$/);
    assert.equal(await header({ ...made, issuer }, 'pi.test'), undefined);
    assert.equal(await header({ certificate: given, issuer: `${issuer}:${port}` }, `pi.test:${port}`), undefined);
  });
});

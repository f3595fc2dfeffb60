import assert from 'node:assert/strict';
import { createTargets, hiddenDoors } from '../../../lib/node-red/own-port-targets.ts';

describe('what at Node-RED’s own port is for the built-in server', () => {
  const at = (root: string, issuer: string) => createTargets(root, issuer);

  it('is what begins with /uma below the root for flows, letter by letter', () => {
    const target = at('/', 'https://home.example/uma');
    assert.equal(target('/uma'), '/uma');
    assert.equal(target('/uma/token?x=1'), '/uma/token?x=1');
    for (const other of ['/', '/umami', '/UMA/token', '/%75ma/token', '//uma/token', '/x/uma/token', '*', ''])
      assert.equal(target(other), undefined, other);
  });

  it('is given to it as its public address has it, where a proxy has taken some of the path off', () => {
    const target = at('/endpoint/', 'https://home.example/node-red/uma');
    assert.equal(target('/endpoint/uma/token'), '/node-red/uma/token');
    assert.equal(target('/uma/token'), undefined);
  });

  it('RFC 8414 3.1: has its documents between the host and its path too, where the root for flows is the whole port', () => {
    const whole = at('/', 'https://home.example/uma');
    const found = '/uma/.well-known/oauth-authorization-server';
    assert.equal(whole('/.well-known/oauth-authorization-server/uma'), found);
    assert.equal(whole('/.well-known/uma2-configuration/uma?x'), '/uma/.well-known/uma2-configuration?x');
    for (const other of ['/.well-known/uma2-configuration', '/.well-known/acme-challenge/uma'])
      assert.equal(whole(other), undefined, other);
    const below = at('/endpoint', 'https://home.example/endpoint/uma');
    assert.equal(below('/.well-known/oauth-authorization-server/endpoint/uma'), undefined);
  });

  it('RFC 9112 3.2.2: in absolute form is for it to refuse, and for nobody behind it to answer', () => {
    const target = at('/', 'https://home.example/uma');
    assert.equal(target('http://evil.test/uma/token'), 'http://evil.test/uma/token');
    assert.equal(
      target('HTTP://evil.test/.well-known/uma2-configuration/uma'),
      'HTTP://evil.test/.well-known/uma2-configuration/uma',
    );
    assert.equal(target('http://evil.test/uma2'), undefined);
    assert.equal(target('http://evil.test?/uma/token'), undefined);
  });
});

describe('doors of flows that nobody finds because the built-in server answers there', () => {
  const hidden = (doors: object[], root = '/', issuer = 'https://home.example/uma') =>
    hiddenDoors(
      doors.map((door) => ({ type: 'http in', ...door })),
      root,
      issuer,
    );

  it('are those at its own path and below, letter by letter', () => {
    const found = ['/uma', 'uma/lamp', '/uma/:room'];
    const others = ['/umami', '/UMA/lamp', '/x/uma', '/:any', '', undefined];
    assert.deepEqual(
      hidden([...found, ...others].map((url) => ({ url }))),
      found.map((url) => url.replace(/^u/, '/u')),
    );
    assert.deepEqual(hidden([{ url: '/uma/lamp' }, { url: '/umami' }], '/endpoint', 'https://x.example/endpoint/uma'), [
      '/uma/lamp',
    ]);
  });

  it('are those at the addresses of its documents, where the root for flows is the whole port', () => {
    const url = '/.well-known/oauth-authorization-server/uma';
    assert.deepEqual(hidden([{ url }]), [url]);
    assert.deepEqual(hidden([{ url }], '/endpoint'), []);
  });

  it('may wait for WebSockets; one that is disabled waits for nobody; one address is named once', () => {
    const listener = { type: 'websocket-listener', path: '/uma/ws' };
    const lamp = { url: '/uma/lamp' };
    assert.deepEqual(hidden([listener, { ...lamp, method: 'get' }, lamp]), ['/uma/ws', '/uma/lamp']);
    assert.deepEqual(
      hidden([
        { ...lamp, d: true },
        { type: 'http request', url: '/uma/lamp' },
      ]),
      [],
    );
  });
});

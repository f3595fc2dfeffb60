/** Many who send a body and never end it, or read no answer: on the server's own port, and on somebody else's. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { makeRoomFor } from '../../../lib/built-in-server/http/crowd.ts';
import { freePort } from '../../support/free-port.ts';
import { fakeOtherPort } from '../support/fake-other-port.ts';
import { signIn } from '../support/home.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { request } from '../support/test-client.ts';

describe('a crowd that sends half a body', () => {
  let place: ServerPlace;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await place.remove();
  });

  const halfBody = async (port: number, path: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    const head = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 1000'];
    socket.write([`POST ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...head, '', 'half'].join('\r\n'));
  };
  const crowd = async (size: number, port: number, path: string) => {
    for (let n = 0; n < size; n += 50)
      await Promise.all(Array.from({ length: Math.min(50, size - n) }, () => halfBody(port, path)));
  };

  it('keeps no owner from signing in and stopping everything', async () => {
    const server = await place.start();
    await crowd(1_100, server.port, '/token');
    const owner = await signIn(server.issuer);
    assert.equal((await owner.call('POST', '/api/panic', {})).status, 200);
  });

  it('keeps no device out of the server on another port', async () => {
    const other = await fakeOtherPort();
    const issuer = `http://127.0.0.1:${other.port}/uma`;
    await place.start({ port: await freePort(), issuer, otherPort: other });
    await crowd(600, other.port, '/uma/token');
    assert.equal((await request(`${issuer}/jwks`)).status, 200);
    await place.stop();
    await other.close();
  });
});

describe('whoever reads no answer', () => {
  let server: Server;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  const ask = async (path: string, port: number) => {
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    return socket;
  };
  const start = async () => {
    // More than any buffer between here and there.
    const large = Buffer.alloc(2 ** 25);
    server = createServer((message, response) => void response.end(message.url === '/large' ? large : 'small'));
    makeRoomFor(server, 3);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };

  it('makes room for whoever comes', async () => {
    const port = await start();
    for (let n = 0; n < 6; n += 1) await Promise.all([once(server, 'request'), ask('/large', port)]);
    assert.equal((await request(`http://127.0.0.1:${port}/`)).body, 'small');
  });

  it('makes room also with a second request sent behind the first', async () => {
    const port = await start();
    for (let n = 0; n < 6; n += 1) {
      const [socket] = await Promise.all([ask('/large', port), once(server, 'request')]);
      const second = once(server, 'request');
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await second;
    }
    assert.equal((await request(`http://127.0.0.1:${port}/`)).body, 'small');
  });
});

describe('a client that sends requests ahead of their answers (RFC 9112 9.3.2)', () => {
  let place: ServerPlace;
  beforeEach(async () => {
    place = await serverPlace();
  });
  afterEach(() => place.remove());

  const sendAhead = async (count: number, port: number) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const asked = `GET /jwks HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
    socket.write(`${`${asked}\r\n`.repeat(count - 1)}${asked}Connection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text.match(/HTTP\/1\.1 200/g)?.length ?? 0;
  };

  it('gets all of a few, and of many no more than those', async () => {
    const server = await place.start();
    assert.equal(await sendAhead(10, server.port), 10);
    assert.ok((await sendAhead(1_000, server.port).catch(() => 0)) <= 10);
    assert.equal((await request(`${server.issuer}/jwks`)).status, 200);
  });
});

/** Many who send a body and never end it: on the server's own port, and on somebody else's. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
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

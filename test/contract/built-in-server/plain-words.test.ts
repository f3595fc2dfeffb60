/** Whoever speaks plainly to a port that speaks TLS, and does not hang up. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { answerPlainly } from '../../../lib/built-in-server/http/plain-words.ts';

describe('an answer in plain words, where TLS is spoken', () => {
  let server: Server;
  let caller: Socket;
  beforeEach(async () => {
    server = createServer();
    answerPlainly(server, 'https://pi.test:1862', 100);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    caller = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    caller.on('error', () => {});
  });
  afterEach(async () => {
    caller.destroy();
    await once(server.close(), 'close');
  });

  const connection = async (): Promise<Socket> => {
    const [socket] = (await once(server, 'connection')) as [Socket];
    return socket;
  };

  it('holds nobody who hears it and stays', async () => {
    const socket = await connection();
    caller.write('GET / HTTP/1.1\r\n');
    const [answer] = await once(caller, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 400 .*This address speaks https: open https:\/\/pi\.test:1862 instead/s);
    await once(socket, 'close');
  });

  it('holds nobody who says nothing', async () => {
    await once(await connection(), 'close');
  });

  it('holds nobody who hangs up without a word', async () => {
    const socket = await connection();
    caller.end();
    await once(socket, 'close');
  });
});

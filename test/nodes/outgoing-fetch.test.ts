import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { NodeAPI } from 'node-red';
import { outgoingFetch } from '../../lib/node-red/outgoing-fetch.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The part of RED that is asked: core's config nodes by id. */
function redWith(nodes: Record<string, object>): NodeAPI {
  return { nodes: { getNode: (id: string) => nodes[id] ?? null } } as unknown as NodeAPI;
}

describe('calls through core’s proxy and TLS nodes', () => {
  const target = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    else response.end('reached');
  });
  const tunnels: (string | undefined)[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.headers['proxy-authorization']);
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
  });
  let url = '';
  let proxyUrl = '';

  before(async () => {
    url = `http://127.0.0.1:${await listening(target)}/`;
    proxyUrl = `http://127.0.0.1:${await listening(proxy)}`;
  });
  after(() => {
    for (const server of [target, proxy]) {
      server.close();
      server.closeAllConnections();
    }
  });
  afterEach(() => tunnels.splice(0));

  it('are the gateway’s own where a node names neither', () => {
    assert.equal(outgoingFetch(redWith({}), '', ''), undefined);
  });

  it('go through the proxy, with its user and password', async () => {
    const node = { url: proxyUrl, credentials: { username: 'u', password: 'p' } };
    const way = outgoingFetch(redWith({ proxy: node }), '', 'proxy');
    const fetch = await way?.fetch();
    assert.equal(await (await fetch?.(url, {}))?.text(), 'reached');
    assert.deepEqual(tunnels, [`Basic ${Buffer.from('u:p').toString('base64')}`]);
    way?.close();
  });

  it('go around the proxy for the hosts that its node excepts', async () => {
    const way = outgoingFetch(redWith({ proxy: { url: proxyUrl, noproxy: ['127.0.0.1'] } }), '', 'proxy');
    const fetch = await way?.fetch();
    assert.equal(await (await fetch?.(url, {}))?.text(), 'reached');
    assert.deepEqual(tunnels, []);
    way?.close();
  });

  it('follow no redirect: a proof is for one address', async () => {
    const tls = { addTLSOptions: (options: object) => options };
    const way = outgoingFetch(redWith({ tls }), 'tls', '');
    const fetch = await way?.fetch();
    assert.equal((await fetch?.(`${url}away`, {}))?.status, 302);
    way?.close();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDispatch } from '../../../lib/built-in-server/http/dispatch.ts';
import { createModel } from '../../../lib/built-in-server/model/model.ts';
import { openCredentials } from '../../../lib/built-in-server/provider/issued-tokens.ts';
import { createRoutes } from '../../../lib/built-in-server/routes.ts';
import { StoreError } from '../../../lib/store/errors.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { deviceGrant, gatewayMetadata, registerClient } from '../support/test-client.ts';

/** A server whose provider stumbles over every device code, as it does over some odd requests; on a store in memory. */
async function stumbling(fault: Error) {
  const lines: string[] = [];
  const store = memoryStore();
  const opened = openCredentials(store, Date.now);
  const stumble = () => {
    throw fault;
  };
  const credentials = { ...opened, codes: { ...opened.codes, polledTooSoon: stumble } };
  const model = createModel({ store, issued: credentials.issued, nowMs: Date.now, resetOwner: false });
  let serve: RequestListener = (_message, response) => void response.writeHead(503).end();
  const server = createServer((message, response) => serve(message, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = (line: string) => void lines.push(line);
  const parts = {
    issuer,
    pages: issuer,
    store,
    model,
    credentials,
    nowMs: Date.now,
    log,
    rateLimits: false,
    rotateKey: false,
    notEncrypted: false,
  };
  const { protocol: routes, close } = await createRoutes(parts);
  serve = createDispatch({ address: issuer, routes, log });
  const end = async () => {
    close();
    server.closeAllConnections();
    await once(server.close(), 'close');
    model.close();
  };
  return { issuer, lines, end };
}

describe('a request over which the provider stumbles', () => {
  for (const [whose, fault, status, error, line] of [
    [
      'the stranger’s: 400, and the log names the kind of fault, nothing of the request',
      new TypeError('secret'),
      400,
      'invalid_request',
      /stumbled over a request to \/token: TypeError/,
    ],
    [
      'ours where the store fails: 500, and the log says what to do',
      new StoreError('store_corrupt', 'secret'),
      500,
      'server_error',
      /stumbled over a request to \/token: The data in .* Put back a backup/,
    ],
  ] as const)
    it(`is ${whose}`, async () => {
      const { issuer, lines, end } = await stumbling(fault);
      const client = await registerClient(issuer, gatewayMetadata);
      const reply = await client.token({ grant_type: deviceGrant, device_code: 'any' });
      await end();
      assert.deepEqual([reply.status, reply.body.error], [status, error]);
      assert.equal(lines.length, 1, lines.join());
      assert.match(lines[0] ?? '', line);
      assert.doesNotMatch(JSON.stringify([reply.body, lines]), /secret/);
    });
});

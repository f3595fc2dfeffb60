import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as oauth from 'oauth4webapi';
import { createTransport, type Transport, type TransportSettings } from '../../lib/transport/transport.ts';

const settings: TransportSettings = {
  connections: 2,
  timeouts: { connectMs: 2000, headersMs: 2000, bodyMs: 2000, totalMs: 4000 },
  maxResponseBytes: 1000,
};

describe('transport', () => {
  let server: Server;
  let origin: string;
  let transport: Transport;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let sockets: Set<Socket>;

  beforeEach(async () => {
    sockets = new Set();
    answer = (_, response) => response.end('{}');
    server = createServer((request, response) => answer(request, response));
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    transport = createTransport(settings);
  });
  afterEach(async () => {
    await transport.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const unreachable = (why: string) => ({ code: 'unreachable', why });
  const short = (timeouts: Partial<TransportSettings['timeouts']>) =>
    createTransport({ ...settings, timeouts: { ...settings.timeouts, ...timeouts } });

  describe('fetch', () => {
    it('carries method, headers and body there, and status, headers and body back', async () => {
      answer = (request, response) => {
        response.writeHead(201, {
          'x-method': String(request.method),
          'x-token': String(request.headers.authorization),
        });
        request.pipe(response);
      };
      const init = { method: 'POST', headers: { authorization: 'DPoP t' }, body: new URLSearchParams({ a: 'b' }) };
      const response = await transport.fetch(`${origin}/x`, init);
      assert.equal(response.status, 201);
      assert.equal(response.url, `${origin}/x`);
      assert.equal(response.headers.get('x-method'), 'POST');
      assert.equal(response.headers.get('x-token'), 'DPoP t');
      assert.equal(await response.text(), 'a=b');
    });

    it('fits customFetch of oauth4webapi', async () => {
      answer = (request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ issuer: origin, seen: request.url }));
      };
      const issuer = new URL(origin);
      const discovered = await oauth.discoveryRequest(issuer, {
        [oauth.customFetch]: transport.fetch,
        [oauth.allowInsecureRequests]: true,
      });
      const metadata = await oauth.processDiscoveryResponse(issuer, discovered).catch(async (error: unknown) => error);
      assert.ok(!(metadata instanceof Error) || !/fetch|Response/.test(metadata.message), String(metadata));
      assert.equal((metadata as { seen?: string }).seen, '/.well-known/openid-configuration');
    });

    it('follows no redirect unless asked to', async () => {
      const seen: string[] = [];
      answer = (request, response) => {
        seen.push(String(request.url));
        if (request.url === '/here') response.writeHead(302, { location: '/there' });
        response.end();
      };
      const response = await transport.fetch(`${origin}/here`);
      assert.equal(response.status, 302);
      assert.equal(response.headers.get('location'), '/there');
      assert.deepEqual(seen, ['/here']);
      await assert.rejects(transport.fetch(`${origin}/here`, { redirect: 'error' }), unreachable('broken'));
      assert.equal((await transport.fetch(`${origin}/here`, { redirect: 'follow' })).status, 200);
    });

    it('takes answers without a body', async () => {
      answer = (_, response) => response.writeHead(204).end();
      const response = await transport.fetch(origin);
      assert.equal(response.status, 204);
      assert.equal(await response.text(), '');
    });

    it('a longer answer than agreed is given up, also one that only unpacks into a longer one', async () => {
      answer = (_, response) => response.end('x'.repeat(1001));
      await assert.rejects((await transport.fetch(origin)).text(), { code: 'response_too_large' });
      const packed = gzipSync('x'.repeat(10_000_000));
      answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
      await assert.rejects((await transport.fetch(origin)).json(), { code: 'response_too_large' });
      answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1000)));
      assert.equal((await (await transport.fetch(origin)).text()).length, 1000);
    });

    it('nobody there: unreachable, refused', async () => {
      const gone = origin;
      await new Promise((resolve) => server.close(resolve));
      await assert.rejects(transport.fetch(gone), { ...unreachable('refused'), message: `${gone}: refused` });
    });

    it('a server that hangs, before its head, within its body, or drop by drop: unreachable, timeout', async function () {
      this.timeout(15_000); // undici's own timers tick about twice a second
      const impatient = short({ headersMs: 50, bodyMs: 50, totalMs: 4000 });
      const strict = short({ totalMs: 100 });
      let dripping: NodeJS.Timeout | undefined;
      try {
        answer = () => undefined;
        await assert.rejects(impatient.fetch(origin), unreachable('timeout'));
        await assert.rejects(strict.fetch(origin), unreachable('timeout'));
        answer = (_, response) => response.writeHead(200).write('{');
        await assert.rejects((await impatient.fetch(origin)).json(), unreachable('timeout'));
        answer = (_, response) => {
          response.writeHead(200).write('{');
          dripping = setInterval(() => response.write(' '), 10);
        };
        await assert.rejects((await strict.fetch(origin)).json(), unreachable('timeout'));
      } finally {
        clearInterval(dripping);
        await Promise.all([impatient.close(), strict.close()]);
      }
    });

    it('a server that breaks off, or answers in no HTTP: unreachable, broken', async () => {
      answer = (request) => request.socket.destroy();
      await assert.rejects(transport.fetch(origin), unreachable('broken'));
      answer = (request) => request.socket.end('garbage\r\n\r\n');
      await assert.rejects(transport.fetch(origin), unreachable('broken'));
      answer = (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{');
        setImmediate(() => response.destroy());
      };
      await assert.rejects(
        transport.fetch(origin).then((response) => response.json()),
        unreachable('broken'),
      );
    });

    it('what the caller aborts ends with the caller’s own reason, before and within the answer', async () => {
      const reason = new Error('enough');
      await assert.rejects(transport.fetch(origin, { signal: AbortSignal.abort(reason) }), reason);
      const early = new AbortController();
      answer = () => early.abort(reason);
      await assert.rejects(transport.fetch(origin, { signal: early.signal }), reason);
      const late = new AbortController();
      answer = (_, response) => response.writeHead(200).write('{');
      const response = await transport.fetch(origin, { signal: late.signal });
      const reading = assert.rejects(response.text(), reason);
      late.abort(reason);
      await reading;
    });

    it('a request that cannot be sent is the caller’s mistake, and is not quoted', async () => {
      const secret = { code: 'unsendable_request', message: /^(?!.*secret)/ };
      await assert.rejects(transport.fetch(origin, { headers: { authorization: 'secret\nline' } }), secret);
      await assert.rejects(transport.fetch('secret'), secret);
    });

    it('opens no more connections than it may', async () => {
      const waiting: ServerResponse[] = [];
      let release = false;
      answer = (_, response) => {
        if (release) response.end();
        else waiting.push(response);
        if (waiting.length < 2) return;
        assert.equal(sockets.size, 2);
        release = true;
        for (const held of waiting) held.end();
      };
      const all = Array.from({ length: 6 }, async () => (await transport.fetch(origin)).text());
      await Promise.all(all);
      assert.ok(sockets.size <= 2);
    });
  });

  describe('close', () => {
    it('ends every socket, in use or not, and what was under way', async () => {
      answer = (_, response) => response.writeHead(200).write('{');
      const response = await transport.fetch(origin);
      const [socket] = sockets;
      assert.ok(socket);
      const closed = once(socket, 'close');
      await transport.close();
      await assert.rejects(response.text(), { code: 'unreachable' });
      await closed;
      await assert.rejects(transport.fetch(origin), unreachable('closed'));
      await transport.close();
    });
  });

  describe('eventStream', () => {
    const streamHead = { 'content-type': 'text/event-stream; charset=utf-8' };
    const reading = { onEvent: () => undefined, signal: new AbortController().signal, idleMs: 2000 };

    it('gives events one after the other, and heartbeats, until the server ends it', async () => {
      const got: string[] = [];
      answer = (request, response) => {
        got.push(`asked from ${request.headers['last-event-id']} for ${request.headers.accept}`);
        response.writeHead(200, streamHead);
        response.end(': hello\n\nid: 8\nevent: share-ended\ndata: {"share":"ü"}\n\ndata: last\n\ndata: unfinished');
      };
      await transport.eventStream(
        `${origin}/events`,
        { 'last-event-id': '7' },
        {
          ...reading,
          onOpen: () => got.push('open'),
          onComment: ({ text }) => got.push(text),
          onEvent: async ({ id, event, data }) => {
            got.push(`begin ${id} ${event}`);
            await new Promise((resolve) => setImmediate(resolve));
            got.push(`end ${data}`);
          },
        },
      );
      const events = ['begin 8 share-ended', 'end {"share":"ü"}', 'begin 8 message', 'end last'];
      assert.deepEqual(got, ['asked from 7 for text/event-stream', 'open', 'hello', ...events]);
    });

    it('may be longer than any other answer', async () => {
      let count = 0;
      answer = (_, response) => response.writeHead(200, streamHead).end('data: 0123456789\n\n'.repeat(500));
      const onEvent = () => {
        count += 1;
      };
      await transport.eventStream(origin, {}, { ...reading, onEvent });
      assert.equal(count, 500);
    });

    it('ends without an error when it is aborted, before and after it began', async () => {
      await transport.eventStream(origin, {}, { ...reading, signal: AbortSignal.abort() });
      const controller = new AbortController();
      let after = 0;
      answer = (_, response) => response.writeHead(200, streamHead).write('data: 1\n\ndata: 2\n\n');
      const onEvent = () => {
        after += 1;
        controller.abort();
      };
      await transport.eventStream(origin, {}, { ...reading, signal: controller.signal, onEvent });
      assert.equal(after, 1, 'nothing is delivered after the abort');
      const idle = new AbortController();
      answer = (_, response) => response.writeHead(200, streamHead).flushHeaders();
      await transport.eventStream(origin, {}, { ...reading, signal: idle.signal, onOpen: () => idle.abort() });
    });

    it('a refusal tells status and headers', async () => {
      answer = (_, response) => response.writeHead(401, { 'dpop-nonce': 'n' }).end('secret');
      await assert.rejects(transport.eventStream(origin, {}, reading), (error: unknown) => {
        assert.ok(error instanceof Error && 'headers' in error && 'status' in error);
        assert.equal(error.status, 401);
        assert.equal((error.headers as Record<string, string>)['dpop-nonce'], 'n');
        return true;
      });
      answer = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end();
      await assert.rejects(transport.eventStream(origin, {}, reading), { code: 'stream_refused', status: 200 });
    });

    it('silence for too long, and a connection that breaks off, are unreachable', async () => {
      answer = (_, response) => response.writeHead(200, streamHead).write(': hi\n');
      await assert.rejects(transport.eventStream(origin, {}, { ...reading, idleMs: 50 }), unreachable('timeout'));
      answer = (_, response) => {
        response.writeHead(200, streamHead).write(': hi\n');
        setImmediate(() => response.destroy());
      };
      await assert.rejects(transport.eventStream(origin, {}, reading), unreachable('broken'));
    });

    it('a line without end is given up', async () => {
      answer = (_, response) => response.writeHead(200, streamHead).write(`data: ${'x'.repeat(100_000)}`);
      await assert.rejects(transport.eventStream(origin, {}, reading), { code: 'stream_malformed' });
    });

    it('what the listener throws comes through, and ends the stream', async () => {
      answer = (_, response) => response.writeHead(200, streamHead).write('data: 1\n\n');
      const mine = new Error('mine');
      const onEvent = () => Promise.reject(mine);
      await assert.rejects(transport.eventStream(origin, {}, { ...reading, onEvent }), mine);
      const [socket] = sockets;
      if (socket && !socket.destroyed) await once(socket, 'close');
    });

    it('does not use up the connections that requests need', async () => {
      answer = (request, response) => {
        if (request.url === '/events') response.writeHead(200, streamHead).flushHeaders();
        else response.end();
      };
      const controller = new AbortController();
      const streams: Promise<void>[] = [];
      for (const _ of [1, 2]) {
        await new Promise<void>((onOpen) => {
          streams.push(
            transport.eventStream(
              `${origin}/events`,
              {},
              { ...reading, signal: controller.signal, onOpen: () => onOpen() },
            ),
          );
        });
      }
      assert.equal((await transport.fetch(origin)).status, 200);
      controller.abort();
      await Promise.all(streams);
    });
  });
});

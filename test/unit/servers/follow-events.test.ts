import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { followEvents } from '../../../lib/servers/follow-events.ts';
import type { Link } from '../../../lib/servers/link.ts';
import type { Protection } from '../../../lib/servers/protection-token.ts';
import type { EventStreamReading } from '../../../lib/transport/event-stream.ts';
import { TransportError } from '../../../lib/transport/transport-error.ts';

const url = 'http://127.0.0.1:1862/events';

/** The server's answer to one attempt: a stream that opens and ends, nobody there, or a nonce that it wants. */
type Answer = 'stream' | 'nobody' | { nonce: string };

function given(answer: Answer, reading: EventStreamReading): void {
  if (answer === 'stream') {
    reading.onOpen?.({});
    return;
  }
  if (answer === 'nobody') throw new TransportError('unreachable', url, { why: 'refused' });
  const headers = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': answer.nonce };
  throw new TransportError('stream_refused', url, { status: 401, headers });
}

/** @returns what happened, in order: the nonce that was brought (or none), and each pause */
async function followed(answers: Answer[]): Promise<string[]> {
  const over = new AbortController();
  const happened: string[] = [];
  const left = answers.values();
  const transport = {
    async eventStream(_url: URL, headers: Record<string, string>, reading: EventStreamReading) {
      happened.push(String(decodeJwt(headers.dpop ?? '').nonce ?? 'no nonce'));
      const { value, done } = left.next();
      if (done) return over.abort();
      given(value, reading);
    },
  };
  const state = { connection: () => ({}) };
  const link = { key: await generateDeviceKey('ES256'), state, transport, url: (path: string) => new URL(path, url) };
  const protection = { token: async () => 'pat', drop: () => assert.fail('the token is good') };
  await followEvents(
    {
      ...{ link: link as unknown as Link, protection: protection as unknown as Protection },
      ready: async () => {},
      sleep: async () => void happened.push('pause'),
      log: () => {},
      onChange: async () => {},
      onAlive: () => {},
    },
    over.signal,
  );
  return happened.slice(0, -1);
}

describe('the stream of changes', () => {
  it('RFC 9449 9: brings a nonce that it is asked for at once', async () => {
    assert.deepEqual(await followed([{ nonce: 'one' }, 'stream']), ['no nonce', 'one', 'pause', 'no nonce']);
  });

  it('RFC 9449 9: and at once where the server was started anew, and wants another', async () => {
    const told = await followed([{ nonce: 'one' }, 'nobody', { nonce: 'two' }, 'stream']);
    assert.deepEqual(told, ['no nonce', 'one', 'pause', 'one', 'two', 'pause', 'no nonce']);
  });

  it('pauses where a server asks again and again', async () => {
    const told = await followed([{ nonce: 'a' }, { nonce: 'b' }, { nonce: 'c' }, { nonce: 'd' }]);
    assert.deepEqual(told, ['no nonce', 'a', 'pause', 'b', 'c', 'pause', 'd']);
  });

  it('tries again within five seconds, however long nobody was there', async () => {
    const pauses: number[] = [];
    const over = new AbortController();
    const nobody = { eventStream: () => Promise.reject(new TransportError('unreachable', url)) };
    const link = { key: await generateDeviceKey('ES256'), state: { connection: () => ({}) }, transport: nobody };
    await followEvents(
      {
        link: { ...link, url: (path: string) => new URL(path, url) } as unknown as Link,
        protection: { token: async () => 'pat' } as unknown as Protection,
        ready: async () => {},
        sleep: async (ms) => void (pauses.push(ms) === 30 && over.abort()),
        random: () => 1,
        log: () => {},
        onChange: async () => {},
        onAlive: () => {},
      },
      over.signal,
    );
    assert.equal(Math.max(...pauses), 5_000);
  });
});

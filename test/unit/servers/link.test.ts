import assert from 'node:assert/strict';
import { generateDeviceKey } from '../../../lib/proof/device-key.ts';
import { openConnectionState } from '../../../lib/servers/connection-state.ts';
import { createLink } from '../../../lib/servers/link.ts';
import type { Transport } from '../../../lib/transport/transport.ts';
import { memoryStore } from '../../support/memory-store.ts';

const issuer = 'http://127.0.0.1:1862';

/** A link whose language a test sets, and the headers of what was sent over it. */
async function speaking(): Promise<{ speak(language: string): Promise<Headers> }> {
  const spoken = { language: 'en' };
  const sent: Headers[] = [];
  const transport: Transport = {
    async fetch(_url, init) {
      sent.push(new Headers(init?.headers));
      return new Response();
    },
    eventStream: () => assert.fail('nothing is listened to'),
    close: async () => {},
  };
  const state = openConnectionState(memoryStore(), issuer);
  const key = await generateDeviceKey('ES256');
  const link = createLink({ issuer, state, key, transport, language: () => spoken.language });
  return {
    async speak(language) {
      spoken.language = language;
      await link.http().fetch(`${issuer}/api/shares`, { headers: { accept: 'application/json' } } as never);
      return sent.at(-1) ?? assert.fail('nothing was sent');
    },
  };
}

describe('RFC 9110 12.5.4: what the server says to a person is asked for in their language', () => {
  it('in that of the moment, beside the other headers', async () => {
    const { speak } = await speaking();
    const headers = await speak('de-AT');
    assert.equal(headers.get('accept-language'), 'de');
    assert.equal(headers.get('accept'), 'application/json');
    assert.equal((await speak('en')).get('accept-language'), 'en');
  });

  it('in English where the setting is none that a header could hold', async () => {
    const { speak } = await speaking();
    assert.equal((await speak('de\r\nx: y')).get('accept-language'), 'en');
    assert.equal((await speak('ü')).get('accept-language'), 'en');
  });
});

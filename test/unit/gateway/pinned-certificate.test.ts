import assert from 'node:assert/strict';
import { wayToPinned } from '../../../lib/gateway/pinned-certificate.ts';
import { memoryStore } from '../../support/memory-store.ts';

const url = 'https://pi.home:1862';
const key = Buffer.from('a public key');

describe('a certificate that a person has compared', () => {
  it('is believed at its origin, and so is the next one for the same key', () => {
    const store = memoryStore();
    const { origin, knows } = wayToPinned(store, `${url}/`, 'AA');
    assert.equal(origin, url);
    assert.equal(knows?.({ fingerprint: 'AA', publicKey: key }), true);
    assert.equal(knows?.({ fingerprint: 'BB', publicKey: key }), true);
    assert.equal(wayToPinned(store, url, 'AA').knows?.({ fingerprint: 'BB', publicKey: key }), true, 'after a restart');
  });

  it('speaks for no other: not for another key, nor for this key before it was seen', () => {
    const { knows } = wayToPinned(memoryStore(), url, 'AA');
    assert.equal(knows?.({ fingerprint: 'BB', publicKey: key }), false);
    knows?.({ fingerprint: 'AA', publicKey: key });
    assert.equal(knows?.({ fingerprint: 'BB', publicKey: Buffer.from('another') }), false);
    assert.equal(wayToPinned(memoryStore(), url, 'CC').knows?.({ fingerprint: 'AA', publicKey: key }), false);
  });
});

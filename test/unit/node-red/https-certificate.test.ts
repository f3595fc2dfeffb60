import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { httpsCertificate } from '../../../lib/node-red/https-certificate.ts';

const given = (https: unknown) => httpsCertificate({ settings: { https } } as unknown as NodeAPI);

describe('Node-RED’s own certificate', () => {
  it('is read from options, from a function and from a function that takes its time, as text or bytes', async () => {
    const pem = { cert: 'c', key: 'k' };
    const options = { cert: Buffer.from('c'), key: 'k' };
    for (const https of [options, () => options, async () => options]) assert.deepEqual(await given(https), pem);
    assert.deepEqual(await given({ ...options, passphrase: 'p' }), { ...pem, passphrase: 'p' });
  });

  it('is none where Node-RED has none, or gives only half of it', async () => {
    for (const https of [undefined, {}, { cert: 'c' }, () => ({ key: 'k' }), () => undefined])
      await assert.rejects(given(https), /no certificate/);
  });
});

/** A Node-RED whose own port asks for a password (`httpNodeAuth`): everything below it answers 401 to tokens. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowHome, flowHome } from './support/flow-home.ts';
import { dishwasherPath, outsideDevice } from './support/outside-device.ts';

describe('under httpNodeAuth', () => {
  let home: FlowHome | undefined;
  after(async () => await home?.remove());

  it('the server has a port of its own, which asks for no password: the gateway joins, and a device is heard', async () => {
    home = await flowHome();
    // The hash of a password that nobody here knows.
    const auth = { user: 'flows', pass: `$2b$08$${'a'.repeat(53)}` };
    appendFileSync(join(home.userDir, 'settings.js'), `module.exports.httpNodeAuth = ${JSON.stringify(auth)};\n`);
    await home.start();
    await home.ready();
    const atFlows = await fetch(home.url + dishwasherPath, { method: 'POST', headers: { authorization: 'DPoP x' } });
    assert.deepEqual([atFlows.status, atFlows.headers.get('www-authenticate')?.split(' ')[0]], [401, 'Basic']);
    assert.equal((await fetch(`${home.issuer}/.well-known/uma2-configuration`)).status, 200);
    const device = await outsideDevice(home, 'Behind a password');
    await device.share();
    const reply = await device.client.rpt('none');
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_grant'], 'proof and assertion got there');
  });
});

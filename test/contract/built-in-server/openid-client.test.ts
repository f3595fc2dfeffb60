import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import { type Home, openHome } from '../support/home.ts';
import { post, request, umaGrant } from '../support/test-client.ts';
import { newKey } from '../support/test-key.ts';

describe('openid-client, which knows nothing of this project', () => {
  let home: Home;

  before(async () => {
    home = await openHome();
  });
  after(() => home.close());

  it('discovers, registers, proves its key, gets an RPT for a ticket and revokes it', async () => {
    for (const alg of ['ES256', 'EdDSA'] as const) {
      const keys = await openid.randomDPoPKeyPair(alg === 'EdDSA' ? 'Ed25519' : alg, { extractable: true });
      const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
      const jwk = { kty, crv, x, ...(y ? { y } : {}) };
      const config = await openid.dynamicClientRegistration(
        new URL(home.issuer),
        {
          client_name: 'kettle',
          jwks: { keys: [jwk] },
          grant_types: [umaGrant],
          token_endpoint_auth_method: 'private_key_jwt',
        },
        openid.PrivateKeyJwt(keys.privateKey),
        { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
      );
      const clientId = config.clientMetadata().client_id;
      const party = { kind: 'device', id: clientId };
      await home.owner.call('POST', '/api/shares', { resource: home.resource, party, scopes: ['start'] });
      const DPoP = openid.getDPoPHandle(config, keys);
      const ticket = await home.ticket();
      const answer = await openid.genericGrantRequest(config, umaGrant, { ticket }, { DPoP });
      assert.equal(answer.token_type, 'dpop');
      const look = () => home.gateway.authenticated('/token/introspection', { token: answer.access_token });
      assert.equal((await look()).body.client_id, clientId);
      await openid.tokenRevocation(config, answer.access_token);
      assert.deepEqual((await look()).body, { active: false });
    }
  });

  it('whoever comes through a proxy does not come from this computer: no open registration', async () => {
    const body = { jwks: { keys: [(await newKey()).publicJwk] } };
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) {
      const reply = await post(`${home.issuer}/reg`, body, { [header]: '127.0.0.1' });
      assert.deepEqual([reply.status, reply.body.error], [401, 'invalid_token'], header);
    }
    assert.equal((await request(`${home.issuer}/jwks`, { headers: { via: '1.1 proxy' } })).status, 200);
  });
});

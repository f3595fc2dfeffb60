import assert from 'node:assert/strict';
import type { Request } from '../../../../lib/built-in-server/http/request.ts';
import type { GatewayRecord } from '../../../../lib/built-in-server/model/records.ts';
import { openCredentials } from '../../../../lib/built-in-server/provider/issued-tokens.ts';
import { createPresentedTokens } from '../../../../lib/built-in-server/provider/presented-token.ts';
import { createProofs } from '../../../../lib/built-in-server/provider/proofs.ts';
import { generateDeviceKey, makeDpopProof } from '../../../../lib/proof/index.ts';
import { memoryStore } from '../../../support/memory-store.ts';

const origin = 'http://127.0.0.1:1862';

describe('a protection token, presented', () => {
  /** A token that says `uma_protection`, whatever its client is registered for. */
  async function aGateway(registered: { scope?: string }) {
    const nowMs = Date.now();
    const credentials = openCredentials(memoryStore(), () => nowMs);
    const proofs = createProofs({ nowMs: () => nowMs, isKnown: () => true });
    const key = await generateDeviceKey('ES256');
    const { thumbprint, publicJwk: jwk } = key;
    const client = { clientId: 'gw', kind: 'gateway' as const, name: 'Node-RED', grantTypes: [], issuedAt: 0 };
    credentials.clients.put({ ...client, jwk, thumbprint, ...registered });
    const seconds = Math.floor(nowMs / 1000);
    const payload = { clientId: 'gw', iat: seconds, exp: seconds + 60, scope: 'uma_protection', jkt: thumbprint };
    credentials.tokens.put('ClientCredentials', 'pat', payload);
    const gateway: GatewayRecord = {
      ...{ clientId: 'gw', name: 'Node-RED', thumbprint, from: '127.0.0.1', createdAt: 0 },
      ...{ owner: 'alice', scopes: [] },
    };
    const presented = createPresentedTokens({ ...credentials, proofs, gateways: { get: () => gateway } });
    const wish = { key, method: 'GET', url: `${origin}/resources`, accessToken: 'pat', nowMs, nonce: proofs.nonce() };
    const rawHeaders = ['DPoP', makeDpopProof(wish)];
    const asked = { method: 'GET', url: `${origin}/resources`, message: { rawHeaders } };
    const request = { headers: { authorization: 'DPoP pat' }, ...asked } as unknown as Request;
    return () => presented.protection(request);
  }

  it('F 1.3: is accepted where token and registered scope say uma_protection', async () => {
    const present = await aGateway({ scope: 'uma_protection shares:read' });
    assert.equal(present().owner, 'alice');
  });

  for (const registered of [{}, { scope: 'shares:read' }])
    it(`F 1.3: is refused where the client is registered ${registered.scope ? 'for other scopes' : 'without a scope'}`, async () => {
      const present = await aGateway(registered);
      assert.throws(present, { status: 403, code: 'insufficient_scope' });
    });
});

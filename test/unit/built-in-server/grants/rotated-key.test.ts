import assert from 'node:assert/strict';
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { registerUmaGrant, type UmaGrantParts } from '../../../../lib/built-in-server/grants/uma-ticket.ts';

class FakeInvalidDpopProof extends Error {}

type Handle = (ctx: TokenEndpointGrantContext<object>) => Promise<void>;

describe('the uma-ticket grant, while the key of its client gives way to another', () => {
  it('uses nothing up and gives nothing where the proof that was checked is by the old key now', async () => {
    const handlers: Handle[] = [];
    const used: string[] = [];
    const proof = { thumbprint: 'old', commit: () => Boolean(used.push('proof')) };
    const fakes = {
      provider: { registerGrantType: (_name: string, handle: Handle) => void handlers.push(handle) },
      errors: { InvalidDpopProof: FakeInvalidDpopProof },
      requests: { getStore: () => ({ proof }) },
      clients: { get: () => ({ clientId: 'dev_1', thumbprint: 'new' }) },
      model: { transaction: async (work: () => unknown) => work() },
      credentials: { tickets: { take: () => void used.push('ticket') } },
    };
    registerUmaGrant(fakes as unknown as UmaGrantParts);
    const ctx = { oidc: { client: { clientId: 'dev_1' }, params: { ticket: 't' } } };
    await assert.rejects(
      async () => handlers[0]?.(ctx as unknown as TokenEndpointGrantContext<object>),
      FakeInvalidDpopProof,
    );
    assert.deepEqual(used, []);
  });
});

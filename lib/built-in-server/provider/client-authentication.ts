/** What a client must show beyond a good signature: a short-lived assertion, and at the token endpoint a proof by its key. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { DpopAccepted } from '../../proof/index.ts';
import type { AttemptLimiter } from '../api/attempt-limiter.ts';
import { type ClientRecord, type ClientRecords, isApproved } from './client-records.ts';
import type { ProviderLibrary } from './load.ts';
import { type Proofs, proofErrorCode, proofSentence } from './proofs.ts';
import { claimScope } from './scopes.ts';

/** What belongs to one request at the provider, from its first step to its answer. */
export interface ProviderRequest {
  /** Who asks, as the last known proxy saw them: the provider sees the proxy. */
  from: string;
  /** Verified, not yet used up. */
  proof?: DpopAccepted;
  /** Waited for before the answer leaves: what gateways must have heard. */
  afterwards?: () => Promise<void>;
}

export type ProviderRequests = AsyncLocalStorage<ProviderRequest>;

export interface ClientAuthenticationParts {
  errors: ProviderLibrary['errors'];
  clients: ClientRecords;
  proofs: Proofs;
  requests: ProviderRequests;
  /** Each client has its own measure: one that loops slows down nobody else. */
  limiter: AttemptLimiter;
  nowSeconds(): number;
}

/** An assertion is remembered until it expires; one that never does would have to be remembered for ever. */
const longestAssertionSeconds = 600;

/**
 * Runs once the assertion's signature has been verified and before it is used up, so that a client with a wrong proof
 * may mend it. The key rule: the proof's key is the one registered for this very client, whatever the grant.
 */
export function createClientCheck(parts: ClientAuthenticationParts) {
  const { errors, clients, nowSeconds } = parts;
  return (
    ctx: KoaContextWithOIDC,
    claims: Record<string, unknown>,
    _header: unknown,
    { clientId }: { clientId: string },
  ) => {
    const client = clients.get(clientId);
    if (client === undefined) throw new errors.InvalidClientAuth('client not found');
    if (typeof claims.exp !== 'number' || claims.exp > nowSeconds() + longestAssertionSeconds) {
      throw new errors.InvalidClientAuth('the client assertion lives longer than ten minutes');
    }
    limit(parts, clientId);
    if (ctx.oidc.route === 'device_authorization') requireOwnScope(parts, client, ctx.oidc.body?.scope);
    if (ctx.oidc.route !== 'token') return;
    requireProof(parts, ctx, client);
    const { grant_type: grantType, scope = '' } = ctx.oidc.params ?? {};
    if (grantType !== 'client_credentials') return;
    if (!isApproved(client))
      throw new errors.InvalidScope('an owner must approve this gateway first', 'uma_protection');
    if (scope !== 'uma_protection') throw new errors.InvalidScope('the one scope of this grant is uma_protection', '');
  };
}

/** RFC 8628 3.1: a device asks who its owner is and nothing else; a gateway is no device. @throws `invalid_scope` */
function requireOwnScope({ errors }: ClientAuthenticationParts, client: ClientRecord, asked: unknown): void {
  const isClaim = asked === claimScope;
  if (client.kind === 'device' && !isClaim)
    throw new errors.InvalidScope(`a device asks for ${claimScope} alone`, String(asked ?? ''));
  if (
    client.kind === 'gateway' &&
    String(asked ?? '')
      .split(' ')
      .includes(claimScope)
  )
    throw new errors.InvalidScope('only devices are claimed', claimScope);
}

function limit({ errors, limiter }: ClientAuthenticationParts, clientId: string): void {
  try {
    limiter.count(clientId);
  } catch {
    throw new errors.OIDCProviderError(429, 'too_many_requests');
  }
}

function requireProof(
  { errors, proofs, requests }: ClientAuthenticationParts,
  ctx: KoaContextWithOIDC,
  { clientId, thumbprint }: ClientRecord,
): void {
  const request = requests.getStore();
  const asked = { method: ctx.method, url: ctx.oidc.urlFor(ctx.oidc.route), message: ctx.req };
  const verdict = proofs.check(asked, { thumbprints: [thumbprint], clientId });
  ctx.set('DPoP-Nonce', proofs.nonce());
  if (verdict.ok && request) {
    request.proof = verdict;
    return;
  }
  if (verdict.ok) throw new errors.InvalidDpopProof('the request was lost');
  const sentence = proofSentence(verdict);
  if (proofErrorCode(verdict) === 'use_dpop_nonce') throw new errors.UseDpopNonce(sentence);
  throw new errors.InvalidDpopProof(sentence);
}

/**
 * Stands in for the provider's replay detection, which looks and then writes: of twenty proofs at once it let seventeen
 * through. Here the one step is synchronous.
 */
export function createUniqueCheck({ proofs, requests }: Pick<ClientAuthenticationParts, 'proofs' | 'requests'>) {
  return async (clientId: string, jti: string, expiresAt: number): Promise<boolean> => {
    const proof = requests.getStore()?.proof;
    return proof?.jti === jti ? proof.commit() : proofs.takeAssertion(clientId, jti, expiresAt);
  };
}

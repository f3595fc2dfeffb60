import { AsyncLocalStorage } from 'node:async_hooks';
import type Provider from 'oidc-provider';
import { StoreError } from '../../store/errors.ts';
import type { GatewayStore } from '../../store/gateway-store.ts';
import { createAttemptLimiter } from '../api/attempt-limiter.ts';
import { faultWords } from '../http/fault-words.ts';
import type { Model } from '../model/model.ts';
import { createUniqueCheck, type ProviderRequest, type ProviderRequests } from './client-authentication.ts';
import { type ConfigurationParts, createConfiguration } from './configuration.ts';
import { pollIntervalSeconds } from './device-codes.ts';
import type { DeviceFlow } from './device-flow.ts';
import { createForward, type Forward } from './forward.ts';
import type { Credentials } from './issued-tokens.ts';
import { loadProviderLibrary, type ProviderLibrary } from './load.ts';
import type { Proofs } from './proofs.ts';
import type { ServerKeys } from './server-keys.ts';
import { createTokenLooks } from './token-looks.ts';

export interface ProviderParts {
  issuer: string;
  /** Where the owner's pages are. */
  pages: string;
  store: GatewayStore;
  model: Model;
  credentials: Credentials;
  keys: ServerKeys;
  proofs: Proofs;
  deviceFlow: Pick<DeviceFlow, 'approveIfPromised'>;
  rateLimits: boolean;
  nowMs(): number;
  log(line: string): void;
}

export interface OpenProvider {
  provider: Provider;
  errors: ProviderLibrary['errors'];
  requests: ProviderRequests;
  forward: Forward;
}

/** Loads `oidc-provider` and puts it behind its seam: four endpoints, our store, our proofs, our answers to its faults. */
export async function openProvider(parts: ProviderParts): Promise<OpenProvider> {
  const { issuer, credentials, proofs, model } = parts;
  const library = await loadProviderLibrary();
  const requests: ProviderRequests = new AsyncLocalStorage<ProviderRequest>();
  const looks = createTokenLooks({ model, ...credentials, requests });
  const settings: ConfigurationParts = {
    ...parts,
    ...credentials,
    errors: library.errors,
    requests,
    looks,
    owners: model.owners,
    nowSeconds: model.nowSeconds,
    limiter: createAttemptLimiter({ burst: 200, everyMs: 50, nowMs: parts.nowMs, enabled: parts.rateLimits }),
  };
  const provider = new library.Provider(issuer, createConfiguration(settings));
  provider.proxy = true;
  provider.silent = true;
  library.useNonces(provider, {
    nextChallenge: proofs.nonce,
    checkChallenge: proofs.nonceValid,
  });
  provider.ReplayDetection.unique = createUniqueCheck({ proofs, requests });
  answerInOurWords(provider, requests, parts);
  return { provider, errors: library.errors, requests, forward: createForward(provider, issuer, requests) };
}

/**
 * After the provider has answered: faults that a stranger's odd request caused are the stranger's (4xx), ours stay
 * ours; the device flow names its page and its interval; no page of another origin may read; and what gateways must have heard is
 * waited for.
 */
function answerInOurWords(provider: Provider, requests: ProviderRequests, parts: ProviderParts): void {
  const faults = new WeakMap<object, Error>();
  provider.on('server_error', (ctx, fault) => faults.set(ctx, fault));
  provider.use(async (ctx, next) => {
    await next();
    const fault = faults.get(ctx);
    if (fault) parts.log(`The provider stumbled over a request to ${ctx.path}: ${faultWords(fault)}`);
    if (fault && !(fault instanceof StoreError)) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: 'the request makes no sense to this server' };
    }
    if (ctx.path === '/device/auth' && ctx.status === 200)
      ctx.body = await deviceAnswer(parts, ctx.body as DeviceAnswer);
    // The provider lets pages of every origin read its answers, and has no setting against that.
    for (const name of ['access-control-allow-origin', 'access-control-expose-headers', 'vary']) ctx.remove(name);
    await requests.getStore()?.afterwards?.();
  });
}

interface DeviceAnswer {
  user_code: string;
}

async function deviceAnswer({ model, deviceFlow, pages }: ProviderParts, body: DeviceAnswer): Promise<object> {
  await model.transaction(() => deviceFlow.approveIfPromised(body.user_code));
  const page = new URL(`${pages}/device`);
  const filled = new URL(page);
  filled.searchParams.set('user_code', body.user_code);
  const links = { verification_uri: page.href, verification_uri_complete: filled.href };
  return { ...body, ...links, interval: pollIntervalSeconds };
}

import type { AccessToken, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import { announceEnded, type IssuedTokens } from '../model/issued-tokens.ts';
import type { Model } from '../model/model.ts';
import type { Pcts } from '../model/pcts.ts';
import type { Rpts } from '../model/rpts.ts';
import { type Handle, readHandle } from './adapter.ts';
import type { ProviderRequests } from './client-authentication.ts';
import { claimScope } from './scopes.ts';

/** How long an answer waits for gateways to confirm what they must refuse from now on. */
export const acknowledgementWaitMs = 1000;

type Token = AccessToken | ClientCredentials | RefreshToken;

/** Who may look at which token, and who may end it; asked by the provider once a client has authenticated. */
export interface TokenLooks {
  /**
   * UMA Federated Authorization 5.1: only the resource server that a requesting party token is for. What a device got when
   * it was claimed is for itself: `sub` says who its owner is.
   */
  mayIntrospect(ctx: KoaContextWithOIDC, client: { clientId: string }, token: Token): boolean;
  /** RFC 7009 2.1: the client it was issued to; a requesting party token also by the resource server it is for. */
  mayRevoke(ctx: KoaContextWithOIDC, client: { clientId: string }, token: Token): Promise<boolean>;
}

export interface TokenLooksParts {
  model: Pick<Model, 'transaction' | 'events' | 'history' | 'nowSeconds'>;
  issued: IssuedTokens;
  rpts: Pick<Rpts, 'get'>;
  refreshes: Pick<Rpts, 'end'>;
  pcts: Pick<Pcts, 'remove'>;
  requests: ProviderRequests;
}

export function createTokenLooks(parts: TokenLooksParts): TokenLooks {
  const seldom = createSeldom();
  return {
    mayIntrospect: (_ctx, { clientId }, token) =>
      handleIn(token) === undefined
        ? token.scope === claimScope && token.clientId === clientId
        : handleIn(token)?.kind === 'rpt' && audienceOf(token) === clientId,
    async mayRevoke(_ctx, { clientId }, token) {
      const holder = token.clientId;
      const handle = handleIn(token);
      if (handle === undefined) return holder === clientId;
      if (handle.kind !== 'rpt' && holder === clientId) await endKept(parts, handle);
      if (handle.kind === 'rpt' && (holder === clientId || audienceOf(token) === clientId))
        await endRpt(parts, handle.hash, { by: clientId, seldom });
      // Ended by us, in one transaction with its event: nothing is left for the provider to do.
      return false;
    },
  };
}

/** Whether it is a minute since the last time: a device that ends its own tokens in a loop must not fill a history. */
type Seldom = (device: string, nowSeconds: number) => boolean;

const EVERY_SECONDS = 60;
const MOST_REMEMBERED = 1_000;

function createSeldom(): Seldom {
  const last = new Map<string, number>();
  return (device, now) => {
    if (now - (last.get(device) ?? Number.NEGATIVE_INFINITY) < EVERY_SECONDS) return false;
    last.delete(device);
    last.set(device, now);
    const [oldest] = last.keys();
    if (last.size > MOST_REMEMBERED && oldest !== undefined) last.delete(oldest);
    return true;
  };
}

function audienceOf(token: Token): unknown {
  return 'aud' in token ? token.aud : undefined;
}

function handleIn(token: Token): Handle | undefined {
  return token.kind === 'AccessToken' ? readHandle(token.jti) : undefined;
}

/** UMA Grant 3.6, 3.7: what renews a token, or says who a person is, is its client's alone, and no gateway knows it. */
async function endKept({ model, refreshes, pcts }: TokenLooksParts, { kind, hash }: Handle): Promise<void> {
  await model.transaction(() => {
    if (kind === 'pct') pcts.remove(hash);
    else refreshes.end(hash);
  });
}

async function endRpt(
  { model, issued, rpts, requests }: TokenLooksParts,
  rptHash: string,
  { by, seldom }: { by: string; seldom: Seldom },
): Promise<void> {
  const events = await model.transaction(() => {
    const rpt = rpts.get(rptHash);
    if (rpt === undefined) return [];
    const { device, owner, hash } = rpt;
    const actor = by === device ? ({ kind: 'device', device } as const) : ({ kind: 'gateway', gateway: by } as const);
    const told = by !== device || seldom(device, model.nowSeconds());
    if (told) model.history.add({ what: 'token_revoked', by: actor, owner, device });
    return announceEnded(issued.endByHash(hash), model.nowSeconds(), model.events.add);
  });
  const request = requests.getStore();
  if (request === undefined || events.length === 0) return;
  request.afterwards = async () => {
    await model.events.acknowledged(events, acknowledgementWaitMs);
  };
}

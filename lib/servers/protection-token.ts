import { ClientRefusedError, InvalidScopeError, ProtectionTokenError } from '../uma/errors.ts';
import type { ProtectionApi } from '../uma/protection-api.ts';
import { requestProtectionToken } from '../uma/protection-token.ts';
import { ServerError } from './errors.ts';
import { createHeldToken, type TimedToken } from './held-token.ts';
import type { Link } from './link.ts';

/** Authority to protect resources: the PAT, fetched by `client_credentials` (UMA Federated Authorization 1.3). */
export interface Protection {
  /**
   * Does some work with the PAT; where the server refuses that one, once more with a new one.
   * @throws ServerError `not_joined`, `not_registered`; what the work throws
   */
  call<T>(work: (api: ProtectionApi) => Promise<T>, signal?: AbortSignal): Promise<T>;
  token(signal?: AbortSignal): Promise<string>;
  drop(token: string): void;
  close(): void;
}

export interface ProtectionParts {
  link: Link;
  nowMs(): number;
  /** Called where the server no longer lets this gateway protect anything: it has to join anew. */
  lost(): void;
}

/** Where the server does not say how long a PAT lives. */
const USUAL_LIFE_SECONDS = 60;

export function createProtection({ link, nowMs, lost }: ProtectionParts): Protection {
  async function fetch(signal: AbortSignal): Promise<TimedToken> {
    const client = await link.client(signal);
    try {
      const issued = await requestProtectionToken(client, link.http(signal));
      return { token: issued.token, expiresAtMs: nowMs() + (issued.expiresInSeconds ?? USUAL_LIFE_SECONDS) * 1000 };
    } catch (error) {
      const refusal = refusalOf(error, link.issuer);
      if (refusal === undefined) throw error;
      lost();
      throw refusal;
    }
  }

  const held = createHeldToken({ fetch, nowMs });

  async function api(signal?: AbortSignal): Promise<ProtectionApi> {
    const { server, dpop } = await link.client(signal);
    return { server, token: await held.get(signal), ...(dpop && { dpop }) };
  }

  return {
    async call(work, signal) {
      const first = await api(signal);
      try {
        return await work(first);
      } catch (error) {
        if (!(error instanceof ProtectionTokenError)) throw error;
        held.drop(first.token);
        return work(await api(signal));
      }
    },
    token: held.get,
    drop: held.drop,
    close: held.close,
  };
}

/** What the token endpoint's refusal means to a gateway (RFC 6749 5.2). */
function refusalOf(error: unknown, issuer: string): ServerError | undefined {
  const values = { server: issuer };
  if (error instanceof ClientRefusedError) {
    return new ServerError('not_registered', `${issuer} does not know this gateway any more`, { values, cause: error });
  }
  if (error instanceof InvalidScopeError) {
    return new ServerError('not_joined', `no owner at ${issuer} has approved this gateway`, { values, cause: error });
  }
  return undefined;
}

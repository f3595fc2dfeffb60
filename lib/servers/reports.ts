import { InvalidResponseError } from '../uma/errors.ts';
import { callProtectionApi } from '../uma/protection-api.ts';
import { answerOf } from '../uma/server-answer.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';

/** What of this gateway's is in a flow, by the server's ids: all of it. */
export interface InFlows {
  devices: string[];
  resources: string[];
}

/** What this gateway tells the server for its owner's pages. Nothing that is decided rests on it. */
export interface Reports {
  /** Idempotent. @throws what the server role throws, also where the server is too old to know of it */
  inFlows(there: InFlows, signal: AbortSignal): Promise<void>;
}

export function createReports({ link, protection }: { link: Link; protection: Protection }): Reports {
  async function tell(method: 'PUT' | 'POST', path: string, body: object, signal: AbortSignal): Promise<void> {
    const answer = await protection.call(
      (api) => callProtectionApi(api, method, link.url(path), link.http(signal), body),
      signal,
    );
    if (answer.status !== 204)
      throw new InvalidResponseError('the server does not take what it is told', { response: answerOf(answer) });
  }

  return {
    inFlows: (there, signal) => tell('PUT', '/in-flows', there, signal),
  };
}

import type { RefusalReason } from '../sharing/refusal.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import type { Seconds } from '../uma/permission.ts';
import { callProtectionApi } from '../uma/protection-api.ts';
import { answerOf } from '../uma/server-answer.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';

/** What of this gateway's is in a flow, by the server's ids: all of it. */
export interface InFlows {
  devices: string[];
  resources: string[];
}

/** Refusals of one kind. Times are in seconds since 1970. */
export interface ToldRefusals {
  /** The server's id of the resource. */
  resource: string;
  /** Whom the token was for, where that is verified. */
  device?: string;
  reason: RefusalReason;
  count: number;
  first: Seconds;
  last: Seconds;
}

export interface RefusalReport {
  refusals: ToldRefusals[];
  /** Of kinds that were too many to keep apart. */
  others?: Pick<ToldRefusals, 'count' | 'first' | 'last'>;
}

/** What this gateway tells the server for its owner's pages. Nothing that is decided rests on it. */
export interface Reports {
  /** Idempotent. @throws what the server role throws, also where the server is too old to know of it */
  inFlows(there: InFlows, signal: AbortSignal): Promise<void>;
  /** @throws as `inFlows`; what was told twice because an answer was lost counts twice */
  refusals(report: RefusalReport, signal: AbortSignal): Promise<void>;
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
    refusals: (report, signal) => tell('POST', '/refusals', report, signal),
  };
}

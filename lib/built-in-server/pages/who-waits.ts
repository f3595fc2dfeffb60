import { type AttemptLimiter, addressKey } from '../api/attempt-limiter.ts';
import { type Codes, findCode } from '../api/codes.ts';
import type { Request } from '../http/request.ts';
import type { WaitingCode } from '../provider/device-flow.ts';

export interface WhoWaitsParts {
  codes: Codes;
  /** Of looks at codes, per address: whoever guesses is slowed down. */
  limiter: AttemptLimiter;
}

/**
 * Who waits with this code, shown before anybody has signed in: who asks is what the owner has to compare.
 * @returns undefined for no code, one that nobody waits with, and to whoever has guessed too often
 */
export function whoWaits(
  { codes, limiter }: WhoWaitsParts,
  request: Request,
  userCode: string,
): WaitingCode | undefined {
  if (userCode === '') return undefined;
  try {
    limiter.count(addressKey(request.remoteAddress));
    const { waiting } = findCode(codes, userCode);
    limiter.uncount(addressKey(request.remoteAddress));
    return waiting;
  } catch {
    return undefined;
  }
}

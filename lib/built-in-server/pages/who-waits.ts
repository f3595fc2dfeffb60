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
 * @throws Refusal `code_unknown`, and `too_many_requests` to whoever has guessed too often
 */
export function lookWho({ codes, limiter }: WhoWaitsParts, request: Request, userCode: string): WaitingCode {
  limiter.count(addressKey(request.remoteAddress));
  const { waiting } = findCode(codes, userCode);
  limiter.uncount(addressKey(request.remoteAddress));
  return waiting;
}

/** The same; `undefined` for no code, and where it is refused. */
export function whoWaits(parts: WhoWaitsParts, request: Request, userCode: string): WaitingCode | undefined {
  if (userCode === '') return undefined;
  try {
    return lookWho(parts, request, userCode);
  } catch {
    return undefined;
  }
}

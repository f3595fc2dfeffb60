import type { Text } from '../sharing/text.ts';
import type { Permission } from '../uma/permission.ts';
import type { RptFacts } from '../uma/rpt.ts';
import type { Reason } from './reason.ts';

/** What a message brought: a token, proofs, and where the message was really sent. */
export interface Presented {
  /** Every `Authorization` value as received, in order; two are malformed (RFC 9110 5.3). */
  authorization: string[];
  /** Every `DPoP` value as received, in order (RFC 9449 4.3, check 1). */
  dpop: string[];
  method: string;
  /** Path and query exactly as received, without origin. */
  target: string;
  /** Who sent it, for rate limits only: a remote address, never trusted for more. */
  source: string;
}

/** What the node that protects asks of a message. */
export interface Requirement {
  permissions: Permission[];
  /** How old the server's last answer may be. */
  maxAnswerAgeMs: number;
  leewaySeconds: number;
  /** Off by default: a token without a device key is refused. */
  acceptBearer: boolean;
  /** Does anybody wait for the verdict still? Asked before anything is used up; true unless told. */
  waiting?(): boolean;
}

/** What led to a refusal, for history and alarms; never a token or a proof. */
export interface Evidence {
  device?: string;
  /** Whom the server names as the one behind it; the device itself where that is nobody. */
  requestingParty?: string;
  keyThumbprint?: string;
  tokenHash?: string;
}

export type Decision =
  | { allowed: true; facts: RptFacts; share?: string; tookMs: number }
  | { allowed: false; reason: Reason; hint: Text; evidence: Evidence; nonce?: string; tookMs: number };

/**
 * Decides; never rejects. `pass` is called at most once, inside the last synchronous step, so that nothing
 * can be denied between the verdict and the message that follows from it. Where `pass` throws, the decision is
 * `internal_error`: the proof is used up, nothing is tried a second time, and the error goes to the port `faulty`.
 */
export type Decide = (
  presented: Presented,
  requirement: Requirement,
  pass: (facts: RptFacts, share: string | undefined) => void,
) => Promise<Decision>;

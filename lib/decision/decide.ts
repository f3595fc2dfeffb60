import { performance } from 'node:perf_hooks';
import { MOST_LEEWAY_SECONDS } from '../proof/dpop-check.ts';
import { accessTokenHash } from '../proof/dpop-proof.ts';
import type { RptReading } from '../uma/rpt.ts';
import { readCredential } from './credential.ts';
import type { Decide, Decision, Evidence, Presented, Requirement } from './decision.ts';
import { type Found, lastStep, type Passed, type StandingPorts, shortCut } from './last-step.ts';
import { checkProof, type ProofPorts } from './proof-step.ts';
import { type Refused, refused } from './refused.ts';
import { andThen, type Soon } from './soon.ts';
import type { ReadToken } from './token-reader.ts';

/** What a decision is made from; nothing of it is taken from the message. */
export interface DecisionPorts extends ProofPorts, StandingPorts {
  /** How this server's tokens are read; undefined until the gateway is connected. */
  reading(): RptReading | undefined;
  readToken: ReadToken;
  /** Told of faults of ours; the message itself is refused as `internal_error`. Must not throw. */
  faulty?(error: unknown): void;
}

/**
 * Makes the {@link Decide} of one gateway, in the order of security.md: what was sent -> server known -> token ->
 * denylist and state -> key proof, and then, with no `await` until the message is on its way, everything that can have
 * changed meanwhile.
 */
export function createDecide(ports: DecisionPorts): Decide {
  return async (presented, wished, pass) => {
    const began = performance.now();
    const evidence: Evidence = {};
    const requirement = withBoundedLeeway(wished);
    try {
      const examined = examine(ports, presented, requirement, evidence);
      const found = examined instanceof Promise ? await examined : examined;
      const verdict = 'reason' in found ? found : lastStep(ports, found, requirement, pass);
      return answer(ports, verdict, evidence, performance.now() - began);
    } catch (error) {
      ports.faulty?.(error);
      return answer(ports, fault(error), evidence, performance.now() - began);
    }
  };
}

function examine(
  ports: DecisionPorts,
  presented: Presented,
  requirement: Requirement,
  evidence: Evidence,
): Soon<Found | Refused> {
  const credential = presented.dpop.length > 1 ? 'malformed_request' : readCredential(presented.authorization);
  const reading = ports.reading();
  const ready = reading !== undefined && isNamed(requirement);
  // Without a token there would be a ticket to give, if there were a server to ask for one.
  if (typeof credential === 'string') return refused(credential === 'no_token' && !ready ? 'not_set_up' : credential);
  if (!ready) return refused('not_set_up');
  if (ports.clock.behind(requirement.leewaySeconds)) return refused('clock_wrong');
  const tokenHash = accessTokenHash(credential.token);
  evidence.tokenHash = tokenHash;
  const { leewaySeconds, maxAnswerAgeMs } = requirement;
  const question = { token: credential.token, tokenHash, leewaySeconds, maxAnswerAgeMs };
  return andThen(ports.readToken(reading, question), (verified) => {
    if ('reason' in verified) return verified;
    const { facts } = verified;
    if (facts.device !== undefined) evidence.device = facts.device;
    if (facts.requestingParty !== undefined) evidence.requestingParty = facts.requestingParty;
    const stopped = shortCut(ports, { tokenHash, verified }, requirement);
    if (stopped) return stopped;
    return andThen(checkProof(ports, { presented, credential, tokenHash, requirement, facts }), (proof) => {
      if (proof.thumbprint !== undefined) evidence.keyThumbprint = proof.thumbprint;
      return 'reason' in proof ? proof : { tokenHash, verified, proof };
    });
  });
}

/** The kind of a fault, never its words: those may quote what was sent. */
function fault(error: unknown): Refused {
  const code = error instanceof Error ? error.name : 'unknown';
  return refused('internal_error', { key: 'hint.internal_error', values: { code } });
}

/** Has everything that the message needs a name at the server yet? */
function isNamed({ permissions }: Requirement): boolean {
  return permissions.every(({ resource }) => resource !== '');
}

function withBoundedLeeway(wished: Requirement): Requirement {
  const leewaySeconds = Math.min(Math.max(wished.leewaySeconds, 0), MOST_LEEWAY_SECONDS) || 0;
  return leewaySeconds === wished.leewaySeconds ? wished : { ...wished, leewaySeconds };
}

function answer(ports: DecisionPorts, verdict: Passed | Refused, evidence: Evidence, tookMs: number): Decision {
  if ('facts' in verdict) {
    const { facts, share } = verdict;
    return { allowed: true, facts, ...(share === undefined ? {} : { share }), tookMs };
  }
  const nonce =
    verdict.reason === 'use_dpop_nonce' ? { nonce: ports.proofState.nonces.issue(ports.clock.nowMs()) } : {};
  return { allowed: false, reason: verdict.reason, hint: verdict.hint, evidence, ...nonce, tookMs };
}

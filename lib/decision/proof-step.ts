import { checkDpop, type DpopCheck, type DpopVerdict, type ProofState } from '../proof/dpop-check.ts';
import { PROOF_ALGORITHMS } from '../proof/proof-form.ts';
import type { RptFacts } from '../uma/rpt.ts';
import type { Clock } from './clock.ts';
import type { Credential } from './credential.ts';
import type { Presented, Requirement } from './decision.ts';
import { type Refused, refused } from './refused.ts';
import { andThen, type Soon } from './soon.ts';

export interface ProofPorts {
  /** Made once per process: a new one would not know which proofs were used. */
  proofState: ProofState;
  clock: Clock;
  /** Origins under which devices reach us; read anew for every proof. */
  addresses(): readonly string[];
  /** By default {@link checkDpop}; other ways to prove a key may take their time. */
  checkProof?(headers: readonly string[], check: DpopCheck): Soon<DpopVerdict>;
}

/** What was proved, and what is left to do when the message passes. */
export interface Proved {
  /** Of the key that signed; absent for a token that is let through without one. */
  thumbprint?: string;
  /** Uses the proof up; synchronous. False: nothing may pass. */
  commit(): boolean;
}

type Proof = Proved | (Refused & { thumbprint?: string });

/** Of a token that needs none. */
const NO_PROOF: Proved = Object.freeze({ commit: () => true });

/** Until when after its `iat` a proof passes: the same for every requirement, or what one has forgotten another would accept. */
const ACCEPTED_FOR_SECONDS = 90;

/**
 * Checks that whoever sends the token has a key (RFC 9449 7.1); whose key it has to be is decided in the last step.
 * A bound token is never taken without proof, whatever the settings say (RFC 9449 7.2).
 */
export function checkProof(
  ports: ProofPorts,
  message: {
    presented: Presented;
    credential: Credential;
    tokenHash: string;
    requirement: Requirement;
    facts: RptFacts;
  },
): Soon<Proof> {
  const { presented, credential, requirement, facts } = message;
  if (credential.scheme === 'Bearer') {
    const unbound = requirement.acceptBearer && facts.jkt === undefined;
    return unbound ? NO_PROOF : refused('proof_missing', { key: 'hint.proof_missing_bearer' });
  }
  const { leewaySeconds } = requirement;
  const verdict = (ports.checkProof ?? checkDpop)(presented.dpop, {
    nonces: ports.proofState.nonces,
    replay: ports.proofState.replay,
    keys: ports.proofState.keys,
    startedAtMs: ports.proofState.startedAtMs,
    mostLeewaySeconds: ports.proofState.mostLeewaySeconds,
    method: presented.method,
    target: presented.target,
    accessToken: credential.token,
    accessTokenHash: message.tokenHash,
    addresses: ports.addresses(),
    algorithms: PROOF_ALGORITHMS,
    nowMs: ports.clock.nowMs(),
    leewaySeconds,
    maxAgeSeconds: ACCEPTED_FOR_SECONDS - leewaySeconds,
  });
  return andThen(verdict, toProof);
}

function toProof(verdict: DpopVerdict): Proof {
  if (verdict.ok) return verdict;
  const { reason, hint, thumbprint } = verdict;
  return { ...refused(reason, hint), ...(thumbprint === undefined ? {} : { thumbprint }) };
}

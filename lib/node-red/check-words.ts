/** What rpt-check puts on `msg.uma`: who passed, or why not. */
import type { Evidence } from '../decision/decision.ts';
import type { Reason } from '../decision/reason.ts';
import type { CheckWish, Gateway } from '../gateway/gateway.ts';
import type { Text } from '../sharing/text.ts';
import type { RptFacts } from '../uma/rpt.ts';
import type { Decided } from './decision-log.ts';
import type { Host } from './host.ts';
import { deviceName, resourceName } from './naming.ts';

function sinceMs(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 1000) / 1000;
}

/** Facts of the permission that let the message pass; the token may hold others. */
function permissionOf(gateway: Gateway, wish: CheckWish, facts: RptFacts) {
  const id = gateway.resourceId(wish.resource);
  return facts.permissions.find(
    ({ resource, scopes }) => resource === id && wish.scopes.every((scope) => scopes.includes(scope)),
  );
}

/** "Thermostat was allowed to start Dishwasher." */
export function passedSentence(gateway: Gateway, wish: CheckWish, facts: RptFacts): Text {
  const device = deviceName(gateway, facts.device ?? '');
  const resource = resourceName(gateway, wish.resource);
  return { key: 'node.passed', values: { device, resource, scopes: wish.scopes.join(' ') } };
}

export function passedUma(host: Host, gateway: Gateway, wish: CheckWish, facts: RptFacts, startedMs: number): object {
  const permission = permissionOf(gateway, wish, facts);
  return {
    outcome: 'allowed',
    device: facts.device,
    owner: facts.owner,
    requestingParty: facts.requestingParty,
    resource: wish.resource,
    scopes: permission?.scopes ?? wish.scopes,
    share: permission?.share,
    expiresAt: Math.min(facts.expiresAt, permission?.exp ?? facts.expiresAt),
    decidedInMs: sinceMs(startedMs),
    sentence: host.words(passedSentence(gateway, wish, facts)),
  };
}

interface Refused {
  reason: Reason;
  hint: string;
  startedMs: number;
  evidence?: Evidence;
  gateway?: Gateway;
}

export function refusedUma(host: Host, { reason, hint, startedMs, evidence, gateway }: Refused) {
  const name = evidence?.device && gateway ? deviceName(gateway, evidence.device) : undefined;
  return {
    outcome: 'refused',
    reason,
    hint,
    ...(evidence?.device && { device: evidence.device }),
    // `revoke` takes it as it is, to end a token that a burglar has shown.
    ...(evidence?.tokenHash && { token: `sha256:${evidence.tokenHash}` }),
    decidedInMs: sinceMs(startedMs),
    sentence: host.words({ key: `reason.${reason}` }),
    ...(name && { deviceName: name }),
  };
}

interface RefusedDecision {
  wish: CheckWish | undefined;
  gateway: Gateway | undefined;
  reason: Reason;
  /** Who it was, where that is proved. */
  deviceName?: string;
}

/** A refusal in words, for those who look on: in whose name, what, and why. */
export function toldRefused({ wish, gateway, reason, deviceName }: RefusedDecision): Decided {
  const resource = wish && gateway ? resourceName(gateway, wish.resource) : '…';
  const values = { resource, scopes: wish?.scopes.join(' ') ?? '…' };
  const sentence = deviceName
    ? { key: 'node.refused', values: { ...values, device: deviceName } }
    : { key: 'node.stranger_refused', values };
  return { allowed: false, reason, sentence, why: { key: `reason.${reason}` } };
}

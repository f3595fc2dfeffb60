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

/** Of a verified token: its device, and whom the server names as the one behind it. */
type Sender = Pick<Evidence, 'device' | 'requestingParty'>;

/** "Kettle …", "Kettle of Bob …" where a person stands behind it, "A device of Bob …" before the server has told its name. */
function sentenceOf(key: string, gateway: Gateway, sender: Sender, values: Text['values']): Text {
  const { device = '', requestingParty: person = device } = sender;
  const name = gateway.deviceName(device);
  if (person === device) return { key, values: { ...values, device: name ?? device } };
  if (name === undefined) return { key: `${key}_unnamed`, values: { ...values, person } };
  return { key: `${key}_person`, values: { ...values, device: name, person } };
}

/** "Let through: Thermostat may start Dishwasher." */
export function passedSentence(gateway: Gateway, wish: CheckWish, facts: RptFacts): Text {
  const resource = resourceName(gateway, wish.resource);
  return sentenceOf('node.passed', gateway, facts, { resource, scopes: wish.scopes.join(' ') });
}

export function passedUma(host: Host, gateway: Gateway, wish: CheckWish, facts: RptFacts, startedMs: number) {
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
    ...(evidence?.requestingParty && { requestingParty: evidence.requestingParty }),
    // `revoke` takes it as it is, to end a token that a burglar has shown.
    ...(evidence?.tokenHash && { token: `sha256:${evidence.tokenHash}` }),
    decidedInMs: sinceMs(startedMs),
    sentence: host.words({ key: `reason.${reason}` }),
    ...(name && { deviceName: name }),
  };
}

interface RefusedDecision extends Sender {
  wish: CheckWish | undefined;
  gateway: Gateway | undefined;
  reason: Reason;
}

/** A refusal in words, for those who look on: in whose name, what, and why. */
export function toldRefused({ wish, gateway, reason, ...sender }: RefusedDecision): Decided {
  const resource = wish && gateway ? resourceName(gateway, wish.resource) : '…';
  const values = { resource, scopes: wish?.scopes.join(' ') ?? '…' };
  const sentence =
    gateway && sender.device
      ? sentenceOf('node.refused', gateway, sender, values)
      : { key: 'node.stranger_refused', values };
  return { allowed: false, reason, sentence, why: { key: `reason.${reason}` } };
}

import type { Share, ShareRequest } from './share.ts';
import type { Text } from './text.ts';

/** "Thermostat may start Dishwasher until Sunday 22:00", with whatever else limits it. `resourceName` as its owner knows it. */
export function shareSentence(
  share: Pick<Share, 'partyName' | 'scopes' | 'conditions'>,
  resourceName: string,
): Text & { values: Record<string, string | number> } {
  const { notBefore, until, ...others } = share.conditions;
  const who = { device: share.partyName, scopes: share.scopes.join(' '), resource: resourceName };
  if (Object.values(others).some((other) => other !== undefined))
    return { key: 'sentence.share_limited', values: { ...who, conditions: JSON.stringify(share.conditions) } };
  if (notBefore !== undefined && until !== undefined)
    return { key: 'sentence.share_between', values: { ...who, notBefore, until } };
  if (until !== undefined) return { key: 'sentence.share_until', values: { ...who, until } };
  if (notBefore !== undefined) return { key: 'sentence.share_from', values: { ...who, notBefore } };
  return { key: 'sentence.share', values: who };
}

/** A share as it was given, or changed to, as history keeps it. */
export interface GivenShare {
  partyName: string;
  scopes: string;
  resourceName: string;
  /** As JSON. Absent where nobody wrote them down. */
  conditions?: string;
}

/** "Allowed: Thermostat may start Dishwasher until Sunday 22:00.", as its owner said; or what it may do was changed to that. */
export function givenSentence(what: 'granted' | 'changed', given: GivenShare): Text {
  const { partyName, scopes, resourceName, conditions } = given;
  const values = { device: partyName, scopes, resource: resourceName };
  if (conditions === undefined) return { key: `sentence.${what}`, values };
  const limits = conditions === '{}' ? 'open' : 'limited';
  return { key: `sentence.${what}_${limits}`, values: { ...values, conditions } };
}

/** "Thermostat asks to start Dishwasher", or "Bob asks to start Dishwasher, with Kettle". */
export function requestSentence(
  request: Pick<ShareRequest, 'deviceName' | 'person' | 'resourceName' | 'scopes'>,
): Text {
  const { deviceName, person, resourceName, scopes } = request;
  const values = { device: deviceName, scopes: scopes.join(' '), resource: resourceName };
  if (person === undefined) return { key: 'sentence.request', values };
  return { key: 'sentence.request_person', values: { ...values, person } };
}

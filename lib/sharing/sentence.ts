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

/** "Thermostat asks to start Dishwasher", or "Bob asks to start Dishwasher, with Kettle". */
export function requestSentence(
  request: Pick<ShareRequest, 'deviceName' | 'person' | 'resourceName' | 'scopes'>,
): Text {
  const { deviceName, person, resourceName, scopes } = request;
  const values = { device: deviceName, scopes: scopes.join(' '), resource: resourceName };
  if (person === undefined) return { key: 'sentence.request', values };
  return { key: 'sentence.request_person', values: { ...values, person } };
}

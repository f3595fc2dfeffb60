import { type GivenShare, givenSentence } from '../../lib/sharing/sentence.ts';
import type { Text } from '../../lib/sharing/text.ts';
import type { ActorRecord, HistoryRecord } from '../wire/records.ts';
import type { PortalKey, Words } from '../words/words.ts';
import { mayNow } from './gateway-change.ts';

/** Names of what a line speaks of, as far as they are known: things may have gone since. */
export interface Names {
  device(id: string): string | undefined;
  resource(id: string): string | undefined;
  gateway(id: string): string | undefined;
  /** Of one that is known no more, by the name that it had. */
  gatewayCalled(name: string): string;
}

const whats: Readonly<Record<string, PortalKey>> = {
  address_changed: 'portal.history_address_changed',
  claim_denied: 'portal.history_claim_denied',
  connection_denied: 'portal.history_connection_denied',
  device_active: 'portal.history_device_active',
  device_claimed: 'portal.history_device_claimed',
  device_key_changed: 'portal.history_device_key_changed',
  device_quarantined: 'portal.history_device_quarantined',
  device_registered: 'portal.history_device_registered',
  device_removed: 'portal.history_device_removed',
  device_renamed: 'portal.history_device_renamed',
  device_retired: 'portal.history_device_retired',
  device_transferred: 'portal.history_device_transferred',
  gateway_approved: 'portal.history_gateway_approved',
  gateway_changed: 'portal.history_gateway_changed',
  gateway_registered: 'portal.history_gateway_registered',
  gateway_stopped: 'portal.history_gateway_stopped',
  owner_made: 'portal.history_owner_made',
  panic: 'portal.history_panic',
  panic_ended: 'portal.history_panic_ended',
  past_forgotten: 'portal.history_past_forgotten',
  password_changed: 'portal.history_password_changed',
  password_reset: 'portal.history_password_reset',
  person_added: 'portal.history_person_added',
  person_removed: 'portal.history_person_removed',
  registration_opened: 'portal.history_registration_opened',
  registration_token_made: 'portal.history_registration_token_made',
  request_denied: 'portal.history_request_denied',
  request_made: 'portal.history_request_made',
  share_ended: 'portal.history_share_ended',
  token_revoked: 'portal.history_token_revoked',
};

/** What is told with its terms, as of a share. */
const given: Readonly<Record<string, 'granted' | 'changed'>> = { share_changed: 'changed', share_granted: 'granted' };

const whys: Readonly<Record<string, PortalKey>> = {
  by_gateway: 'portal.why_by_gateway',
  by_owner: 'portal.why_by_owner',
  device_removed: 'portal.why_device_removed',
  device_retired: 'portal.why_device_retired',
  device_transferred: 'portal.why_device_transferred',
  ended_by_gateway: 'portal.why_ended_by_gateway',
  gateway_stopped: 'portal.why_gateway_stopped',
  person_removed: 'portal.why_person_removed',
  resource_removed: 'portal.why_resource_removed',
  used_up: 'portal.why_used_up',
  withdrawn: 'portal.why_withdrawn',
};

/** A line of refusals, which counts. */
export const isRefusal = ({ what }: HistoryRecord): boolean => what === 'refused';

/** The same for a line as long as it is the same, wherever it stands. */
export function nameOfLine({ id, number = 0 }: HistoryRecord): string | number {
  return id ?? number;
}

/** Another for a line that has moved up because it counts more now. */
export function keyOfLine(line: HistoryRecord): string {
  return `${nameOfLine(line)} ${isRefusal(line) ? line.values?.count : ''}`;
}

/** What happened, as it is read. */
export function lineWords(line: HistoryRecord, names: Names, words: Pick<Words, 'say' | 'tell'>): string {
  const said = line.sentence ?? words.tell(lineText(line, names, words.say('portal.gone')));
  const may = line.what === 'gateway_changed' ? mayNow(line.values ?? {}, names, words) : undefined;
  return may === undefined ? said : `${said} ${words.say('portal.history_gateway_may', { may })}`;
}

/** What happened, where the server does not say it in words of its own. Something that these pages do not know yet is named as the server names it. */
export function lineText(line: HistoryRecord, names: Names, unknown: string): Text {
  const { what, device = '', resource = '', values = {} } = line;
  const person = values.person === undefined ? undefined : String(values.person);
  const party = person ?? names.device(device) ?? values.name ?? unknown;
  const resourceName = names.resource(resource) ?? unknown;
  const terms = Object.hasOwn(given, what) ? given[what] : undefined;
  if (terms !== undefined) return givenSentence(terms, { partyName: String(party), resourceName, ...termsIn(values) });
  const key = keyOf(line);
  const gateway = values.gateway === undefined ? undefined : names.gateway(String(values.gateway));
  const said = {
    ...values,
    what,
    device: party,
    resource: resourceName,
    gateway: gateway ?? (values.name === undefined ? unknown : names.gatewayCalled(String(values.name))),
  };
  return { key: key ?? 'portal.history_other', values: said };
}

function keyOf({ what, values = {} }: HistoryRecord): PortalKey | undefined {
  // Older servers did not write down what was asked for.
  if (what === 'request_denied' && values.scopes === undefined) return 'portal.history_request_denied_some';
  return Object.hasOwn(whats, what) ? whats[what] : undefined;
}

function termsIn({ scopes, conditions }: HistoryRecord['values'] & object): Pick<GivenShare, 'scopes' | 'conditions'> {
  const limits = typeof conditions === 'string' ? { conditions } : {};
  return { scopes: String(scopes ?? ''), ...limits };
}

/** Why something ended or was stopped; nothing where the line says all. */
export function whyText(line: HistoryRecord): Text | undefined {
  const { why = '' } = line;
  if (isRefusal(line)) return undefined;
  const key = Object.hasOwn(whys, why) ? whys[why] : undefined;
  return key && { key };
}

/** Who did it. */
export function byText(by: ActorRecord, names: Names, unknown: string): Text {
  if (by.kind === 'owner') return { key: 'portal.by_owner', values: { owner: by.owner } };
  if (by.kind === 'gateway')
    return { key: 'portal.by_gateway', values: { gateway: names.gateway(by.gateway) ?? unknown } };
  if (by.kind === 'device') return { key: 'portal.by_device', values: { device: names.device(by.device) ?? unknown } };
  return { key: 'portal.by_server' };
}

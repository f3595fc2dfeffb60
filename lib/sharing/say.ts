import { clausesOf } from './clauses.ts';
import { wrongCondition } from './conditions.ts';
import type { Conditions } from './share.ts';
import english from './text/en.json' with { type: 'json' };
import type { Text } from './text.ts';

/**
 * Sentences by key. A gap is `{name}`, or `{name|moment}` for seconds since 1970, `{name|list}` for scopes,
 * `{name|clauses}` for conditions as JSON.
 */
type Messages = Readonly<Record<string, string>>;

export interface SayingOptions {
  messages?: Messages;
  nowMs?: number;
  timeZone?: string;
}

const LONGEST_VALUE = 200;
const DAY_MS = 86_400_000;
/** A Sunday, so that day 1 after it is a Monday. */
const SUNDAY_MS = -4 * DAY_MS;

/**
 * Turns a text into words. Only pages and nodes do this. The result is plain text: a page must still escape it.
 * A key that no language has is shown as itself in brackets, without its values.
 * @param language BCP 47; decides how moments and lists are written
 */
export function say(text: Text, language = 'en', options: SayingOptions = {}): string {
  const messages = options.messages ?? english;
  const sentence = find(messages, text.key) ?? find(english, text.key);
  if (sentence === undefined) return `[${plain(text.key)}]`;
  return sentence.replace(/\{(\w+)(?:\|(moment|list|clauses))?\}/g, (_gap, name: string, form: string | undefined) => {
    const values = text.values ?? {};
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return '…';
    if (form === 'moment') return moment(Number(value), language, options);
    if (form === 'clauses') return clauses(String(value), language, options);
    return form === 'list' ? list(String(value), language, messages) : plain(String(value));
  });
}

function find(messages: Messages, key: string): string | undefined {
  return Object.hasOwn(messages, key) ? messages[key] : undefined;
}

/** Names come from strangers: nothing in them may break a line, reorder what stands around it, or drown it. */
function plain(value: string): string {
  const shown = value.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ').trim();
  return shown.length > LONGEST_VALUE ? `${shown.slice(0, LONGEST_VALUE)}…` : shown;
}

/** "Sunday 22:00" within the coming days, else with the date. */
function moment(seconds: number, language: string, { nowMs = Date.now(), timeZone }: SayingOptions): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return '…';
  const zone = timeZone === undefined ? {} : { timeZone };
  const form = (options: Intl.DateTimeFormatOptions) => dateFormat(language, { ...options, ...zone }).format(at);
  const days = (at.getTime() - nowMs) / 86_400_000;
  const soon = days >= 0 && days < 6;
  const day = form(soon ? { weekday: 'long' } : { day: 'numeric', month: 'long', year: 'numeric' });
  return `${day} ${form({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`;
}

function list(scopes: string, language: string, messages: Messages): string {
  const words = scopes.split(' ').filter((scope) => scope !== '');
  const spoken = words.map((scope) => find(messages, `scope.${scope}`) ?? plain(lastPart(scope)));
  // Every message that passes is told in a sentence, mostly with one scope; making a format is dear.
  return spoken.length < 2 ? spoken.join('') : listFormat(language).format(spoken);
}

function clauses(json: string, language: string, options: SayingOptions): string {
  const conditions = conditionsIn(json);
  if (conditions === undefined) return '…';
  const zone = dateFormat(language, options.timeZone === undefined ? {} : { timeZone: options.timeZone });
  const parts = clausesOf(conditions, {
    say: (text) => say(text, language, options),
    list: (words) => listFormat(language).format(words),
    weekday: (day) => dateFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(SUNDAY_MS + day * DAY_MS),
    timeZone: zone.resolvedOptions().timeZone,
  });
  return parts.join(', ');
}

function conditionsIn(json: string): Conditions | undefined {
  try {
    const read: unknown = JSON.parse(json);
    const isObject = typeof read === 'object' && read !== null;
    return isObject && wrongCondition(read) === undefined ? read : undefined;
  } catch {
    return undefined;
  }
}

/** A scope may be a web address (UMA Federated Authorization 3.1.1): its last part says what it is. */
function lastPart(scope: string): string {
  return /^https?:\/\//.test(scope) ? (scope.split(/[/#]/).findLast((part) => part !== '') ?? scope) : scope;
}

/** A language tag may come from settings: one that is none must not throw. */
function known(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(known(language), options);
}

function listFormat(language: string): Intl.ListFormat {
  return new Intl.ListFormat(known(language), { type: 'conjunction' });
}

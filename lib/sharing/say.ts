import { clausesOf } from './clauses.ts';
import { wrongCondition } from './conditions.ts';
import { fingerprintGroups } from './fingerprint-groups.ts';
import { createFormats, type Formats } from './formats.ts';
import { type Language, languageOf } from './language.ts';
import type { Conditions } from './share.ts';
import german from './text/de.json' with { type: 'json' };
import english from './text/en.json' with { type: 'json' };
import type { Text } from './text.ts';

/**
 * Sentences by key. A gap is `{name}`, or `{name|moment}` for seconds since 1970, `{name|end}` for those at which
 * something is over, `{name|list}` for scopes, `{name|clauses}` for conditions as JSON, `{name|groups}` for what is to be
 * compared by eye.
 */
type Messages = Readonly<Record<string, string>>;

export interface SayingOptions {
  messages?: Messages;
  nowMs?: number;
  timeZone?: string;
  /**
   * Says it of a moment where the clock is UTC. A computer that nobody has set runs by it, a container mostly; those who
   * read the sentence do not.
   */
  saysUtc?: boolean;
}

/** Speaks one language: what a room that must not choose it is handed. */
export type Say = (text: Text) => string;

const spoken: Readonly<Record<Language, Messages>> = { en: english, de: german };

const LONGEST_VALUE = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** ECMA-262 21.4.1.1, but for the hour that is looked at on either side. */
const FARTHEST_MS = 8.64e15 - HOUR_MS;

/**
 * Turns a text into words. Only pages and nodes do this. The result is plain text: a page must still escape it.
 * A key that the language lacks is said in English; one that English lacks is shown as itself in brackets, without its
 * values.
 * @param language BCP 47, such as `de-AT`; one that there are no words in is taken for English
 */
export function say(text: Text, language = 'en', options: SayingOptions = {}): string {
  return speak(text, { language, formats: createFormats(language, options.timeZone) }, options);
}

/** For many sentences: what it takes to write dates and lists is made once. @param language BCP 47 */
export function sayIn(language: string, options: SayingOptions = {}): Say {
  const voice = { language, formats: createFormats(language, options.timeZone) };
  return (text) => speak(text, voice, options);
}

interface Voice {
  language: string;
  formats: Formats;
}

function speak(text: Text, voice: Voice, options: SayingOptions): string {
  const messages = options.messages ?? spoken[languageOf(voice.language)];
  const sentence = find(messages, text.key) ?? find(english, text.key);
  if (sentence === undefined) return `[${plain(text.key)}]`;
  return sentence.replace(
    /\{(\w+)(?:\|(moment|end|list|clauses|groups))?\}/g,
    (_gap, name: string, form: string | undefined) => {
      const values = text.values ?? {};
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return '…';
      if (form === 'moment') return moment(Number(value), voice.formats, options);
      if (form === 'end') return end(Number(value), voice, options);
      if (form === 'groups') return fingerprintGroups(plain(String(value))).join(' ');
      if (form === 'clauses') return clauses(String(value), voice, options);
      return form === 'list' ? list(String(value), voice.formats, messages) : plain(String(value));
    },
  );
}

function find(messages: Messages, key: string): string | undefined {
  return Object.hasOwn(messages, key) ? messages[key] : undefined;
}

/** Names come from strangers: nothing in them may break a line, reorder what stands around it, or drown it. */
function plain(value: string): string {
  const shown = value.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ').trim();
  return shown.length > LONGEST_VALUE ? `${shown.slice(0, LONGEST_VALUE)}…` : shown;
}

/**
 * What is over at the first moment of a day is over when the day before it ends: "Sunday 00:00" would be taken for Sunday's
 * end. That moment is 01:00 where the clock is set forward at midnight.
 */
function end(seconds: number, voice: Voice, options: SayingOptions): string {
  const { formats } = voice;
  const [atMs, lastMs] = [seconds * 1000, seconds * 1000 - 1];
  if (!(Math.abs(lastMs) < FARTHEST_MS) || formats.moment(DATE).format(lastMs) === formats.moment(DATE).format(atMs))
    return moment(seconds, formats, options);
  const said = speak({ key: 'sentence.day_end', values: { day: day(lastMs, formats, options.nowMs) } }, voice, options);
  return isUtcSaid(formats, options) ? `${said} (UTC)` : said;
}

const DATE = { day: 'numeric', month: 'long', year: 'numeric' } as const;

/** "Sunday" within the coming days, else the date. */
function day(atMs: number, formats: Formats, nowMs = Date.now()): string {
  const days = (atMs - nowMs) / DAY_MS;
  const soon = days >= 0 && days < 6;
  return formats.moment(soon ? { weekday: 'long' } : DATE).format(atMs);
}

/**
 * "Sunday 22:00" within the coming days, else with the date. A time that the clock shows twice that night, because it is
 * set back, has its time zone after it.
 */
function moment(seconds: number, formats: Formats, options: SayingOptions): string {
  const atMs = seconds * 1000;
  if (!(Math.abs(atMs) < FARTHEST_MS)) return '…';
  const clock = formats.moment(CLOCK);
  const time = clock.format(atMs);
  const twice = [-HOUR_MS, HOUR_MS].some((shift) => clock.format(atMs + shift) === time);
  const said =
    twice || isUtcSaid(formats, options) ? formats.moment({ ...CLOCK, timeZoneName: 'short' }).format(atMs) : time;
  return `${day(atMs, formats, options.nowMs)} ${said}`;
}

function isUtcSaid(formats: Formats, { saysUtc = false }: SayingOptions): boolean {
  return saysUtc && /^(?:Etc\/)?(?:UTC|GMT)$/.test(formats.timeZone());
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

function list(scopes: string, formats: Formats, messages: Messages): string {
  const named = scopes.split(' ').filter((scope) => scope !== '');
  const words = named.map((scope) => find(messages, `scope.${scope}`) ?? plain(lastPart(scope)));
  // Every message that passes is told in a sentence, mostly with one scope; making a format is dear.
  return words.length < 2 ? words.join('') : formats.list(words);
}

function clauses(json: string, voice: Voice, options: SayingOptions): string {
  const { formats } = voice;
  const conditions = conditionsIn(json, formats);
  if (conditions === undefined) return '…';
  const speaker = {
    say: (text: Text) => speak(text, voice, options),
    list: formats.list,
    timeZone: formats.timeZone(),
  };
  return clausesOf(conditions, speaker).join(', ');
}

function conditionsIn(json: string, { clock }: Formats): Conditions | undefined {
  try {
    const read: unknown = JSON.parse(json);
    const isObject = typeof read === 'object' && read !== null;
    return isObject && wrongCondition(read, clock) === undefined ? read : undefined;
  } catch {
    return undefined;
  }
}

/** A scope may be a web address (UMA Federated Authorization 3.1.1): its last part says what it is. */
function lastPart(scope: string): string {
  return /^https?:\/\//.test(scope) ? (scope.split(/[/#]/).findLast((part) => part !== '') ?? scope) : scope;
}

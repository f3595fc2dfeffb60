import type { Language } from '../../sharing/language.ts';
import { type Say, sayIn } from '../../sharing/say.ts';
import { when } from '../../sharing/when.ts';
import type { Request } from '../http/request.ts';

/** What a page speaks with: the language of whoever asked for it. */
export interface Voice {
  readonly language: Language;
  readonly say: Say;
  /** One word or sentence of the pages, by the key's end: `page.<key>`. */
  word(key: string, values?: Record<string, string | number>): string;
  /** "today 12:03": a moment that has been, by the server's clock. */
  when(seconds: number): string;
}

export function voiceFor({ language }: Pick<Request, 'language'>): Voice {
  const say = sayIn(language);
  return {
    language,
    say,
    word: (key, values = {}) => say({ key: `page.${key}`, values }),
    when: (seconds) => when(seconds, Date.now(), language),
  };
}

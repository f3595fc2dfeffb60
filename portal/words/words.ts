import { createFormats } from '../../lib/sharing/formats.ts';
import { sayIn } from '../../lib/sharing/say.ts';
import type english from '../../lib/sharing/text/en.json';
import type { Text } from '../../lib/sharing/text.ts';
import { when } from '../../lib/sharing/when.ts';

/** What stands on these pages, by its key: a key that has no words does not compile. */
export type PortalKey = Extract<keyof typeof english, `portal.${string}`>;

/** Everything that is read on these pages, in the reader's language. */
export interface Words {
  readonly language: string;
  say(key: PortalKey, values?: Text['values']): string;
  /** A sentence that another room made. */
  tell(text: Text): string;
  /** "today 12:03": a moment that has been. */
  when(seconds: number): string;
}

export function createWords(language: string, nowMs: () => number = Date.now): Words {
  const tell = sayIn(language);
  const formats = createFormats(language);
  return {
    language,
    tell,
    say: (key, values) => tell(values === undefined ? { key } : { key, values }),
    when: (seconds) => when(seconds, nowMs(), language, formats),
  };
}

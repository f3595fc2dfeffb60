/** The languages that there are words in. The first is spoken where nothing else is wished. */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/**
 * Which of them a language tag asks for: `de`, `de-AT` and `DE_de.UTF-8` are German. English for all that is neither.
 * @param tag BCP 47, or what settings and environments hold in its place
 */
export function languageOf(tag: string): Language {
  const [first = ''] = tag.slice(0, LONGEST_TAG).toLowerCase().split(/[-_.]/);
  return LANGUAGES.find((language) => language === first) ?? LANGUAGES[0];
}

/** RFC 5646 4.4.1 */
const LONGEST_TAG = 35;

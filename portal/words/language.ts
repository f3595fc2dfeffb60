/** Languages that these pages are written in, the usual one first. */
export const LANGUAGES = ['en'] as const;

/** The first wanted language (BCP 47) that there are words in; regional forms count as their language. */
export function chooseLanguage(wanted: readonly string[], known: readonly string[] = LANGUAGES): string {
  const primary = (tag: string) => tag.toLowerCase().split('-')[0] ?? '';
  return wanted.map(primary).find((language) => known.includes(language)) ?? known[0] ?? 'en';
}

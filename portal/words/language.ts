import { LANGUAGES } from '../../lib/sharing/language.ts';

/**
 * The first wanted language that there are words in, as it is wanted: its regional form decides how dates are written.
 * @param wanted - BCP 47, as a browser has them
 */
export function chooseLanguage(wanted: readonly string[]): string {
  const known: readonly string[] = LANGUAGES;
  const primary = (tag: string) => tag.toLowerCase().split('-')[0] ?? '';
  return wanted.find((tag) => known.includes(primary(tag))) ?? LANGUAGES[0];
}

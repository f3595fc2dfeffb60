import { LANGUAGES, type Language } from '../../sharing/language.ts';

/** Browsers send a few dozen characters. Whoever sends more is answered in English, unread. */
const LONGEST_HEADER = 500;
/** `de`, `de-AT;q=0.8`, `*;q=0.1` (RFC 9110 12.5.4, 12.4.2). */
const MEMBER = /^([a-z]{1,8}|\*)((?:-[a-z0-9]{1,8})*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

interface Wish {
  language: string;
  quality: number;
}

/**
 * Which of our languages a browser likes best (RFC 9110 12.5.4). A range with a region, such as `de-AT`, is served by the
 * language itself (RFC 4647 3.4); `*` stands for what no other range names; of two liked alike, the one named first.
 * What cannot be read is passed over. English where nothing of ours is liked: a page in another language is better than
 * none.
 */
export function languageWished(header: string | undefined): Language {
  if (header === undefined || header.length > LONGEST_HEADER) return LANGUAGES[0];
  const wishes = header.toLowerCase().split(',').flatMap(wishIn);
  const ranked = LANGUAGES.map((language) => ({ language, ...standing(language, wishes) }));
  const [best] = ranked
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality || one.place - other.place);
  return best?.language ?? LANGUAGES[0];
}

function wishIn(member: string): Wish[] {
  const [whole, language = '', region = '', quality = '1'] = MEMBER.exec(member.replace(/^[ \t]+|[ \t]+$/g, '')) ?? [];
  if (whole === undefined || (language === '*' && region !== '')) return [];
  return [{ language, quality: Number(quality) }];
}

/** How much a language is liked, and how early it was named: after all those named where only `*` speaks of it. */
function standing(language: Language, wishes: Wish[]): { quality: number; place: number } {
  const named = wishes.filter((wish) => wish.language === language);
  const meant = named.length > 0 ? named : wishes.filter((wish) => wish.language === '*');
  const quality = Math.max(0, ...meant.map((wish) => wish.quality));
  const place = named.length > 0 ? wishes.findIndex((wish) => wish.language === language) : wishes.length;
  return { quality, place };
}

import type { Language } from '../../sharing/language.ts';
import type { Answer } from './answer.ts';

/** Says in which language an answer speaks, and what decided that (RFC 9110 8.5, 12.5.5). Leaves one without words as it is. */
export function inLanguage(answer: Answer, language: Language): Answer {
  if (answer.kind !== 'content' || answer.content === '') return answer;
  return { ...answer, headers: { 'content-language': language, vary: 'accept-language', ...answer.headers } };
}

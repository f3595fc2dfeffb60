import { word } from './words.ts';

/** What is wrong with a whole number that was typed. */
export function numberProblem(
  text: string,
  { from, to, optional = false }: { from: number; to: number; optional?: boolean },
): true | string {
  if (text === '' && optional) return true;
  // An environment variable, put in by Node-RED.
  if (/^\$\{[^}]+\}$/.test(text)) return true;
  const number = Number(text);
  return text !== '' && Number.isInteger(number) && number >= from && number <= to
    ? true
    : word('number', { from, to });
}

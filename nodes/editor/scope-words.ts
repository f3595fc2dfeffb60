/** What a scope lets somebody do, in the words of the sentences that the owner reads. */
import { word } from './words.ts';

/** "turn on", or its own name where there is no word for it; of one that is a web address, what its last part says. */
function scopeWord(scope: string): string {
  if (/^https?:\/\//.test(scope)) return scope.split(/[/#]/).findLast((part) => part !== '') ?? scope;
  const key = `scope.${scope}`;
  const said = /^[a-z-]+$/.test(scope) ? word(key) : '';
  // The catalogue says a key that it lacks.
  return said === '' || said.endsWith(key) ? scope : said;
}

/** "turn on and turn off". */
export function scopesInWords(scopes: readonly string[]): string {
  return new Intl.ListFormat(RED.i18n.lang(), { type: 'conjunction' }).format(scopes.map(scopeWord));
}

/** "turn on (turn-on)": to choose from, for those who know the one or the other. */
export function scopeToChoose(scope: string): string {
  const said = scopeWord(scope);
  return said === scope ? scope : `${said} (${scope})`;
}

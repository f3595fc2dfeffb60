import { InvalidChallengeError } from './errors.ts';

const isTokenChar = (char: string): boolean => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(char);
const isToken68Char = (char: string): boolean => /[-._~+/0-9A-Za-z]/.test(char);
const isSpace = (char: string): boolean => char === ' ' || char === '\t';
const isQuotedChar = (char: string): boolean => /[\t\x20-\x7e\x80-\xff]/.test(char);

/**
 * A position in a `WWW-Authenticate` header, and the pieces of the grammar that can be read from it (RFC 9110 5.6, 11.2,
 * 11.3). It reads one character at a time and looks ahead over one word at most, so no header makes it slow.
 */
export class ChallengeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  /** At a comma or at the end: the list's element is over. */
  get atElementEnd(): boolean {
    return this.ended || this.#next === ',';
  }

  /** At `name =`: what follows belongs to the challenge before it; otherwise a new scheme begins. */
  get atParameter(): boolean {
    const start = this.#at;
    const named = this.#run(isTokenChar) !== '';
    this.skipSpace();
    const found = named && this.#next === '=';
    this.#at = start;
    return found;
  }

  get #next(): string {
    return this.#text.charAt(this.#at);
  }

  /** Never names what was found: the header may hold a ticket. */
  fail(expected: string): never {
    throw new InvalidChallengeError(`WWW-Authenticate: expected ${expected} at position ${this.#at}`);
  }

  skipSpace(): boolean {
    return this.#run(isSpace) !== '';
  }

  /** Lists may hold empty elements (RFC 9110 5.6.1.2). */
  skipEmptyElements(): void {
    this.#run((char) => isSpace(char) || char === ',');
  }

  token(what: string): string {
    return this.#run(isTokenChar) || this.fail(what);
  }

  /** Reads a token68 if all up to the element's end is one, or nothing: `name="value"` begins like one. */
  token68(): string | undefined {
    const start = this.#at;
    const body = this.#run(isToken68Char);
    const padding = this.#run((char) => char === '=');
    this.skipSpace();
    if (body !== '' && this.atElementEnd) return body + padding;
    this.#at = start;
    return undefined;
  }

  /** `name = value`, the name in lower case, spaces around the sign allowed (RFC 9110 11.2). */
  parameter(): [name: string, value: string] {
    const name = this.token('a parameter').toLowerCase();
    this.skipSpace();
    if (!this.#take('=')) this.fail('an equals sign');
    this.skipSpace();
    return [name, this.#take('"') ? this.#quotedRest() : this.token('a value')];
  }

  /** The rest of a quoted-string, its escapes undone (RFC 9110 5.6.4). */
  #quotedRest(): string {
    let value = '';
    while (!this.#take('"')) {
      this.#take('\\');
      if (!isQuotedChar(this.#next)) this.fail('a character or the closing quote');
      value += this.#next;
      this.#at += 1;
    }
    return value;
  }

  #take(char: string): boolean {
    if (this.#next !== char) return false;
    this.#at += 1;
    return true;
  }

  #run(accepts: (char: string) => boolean): string {
    const start = this.#at;
    while (!this.ended && accepts(this.#next)) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }
}

import { ChallengeReader } from './challenge-reader.ts';
import { InvalidArgumentError, InvalidChallengeError } from './errors.ts';

/** One challenge of a `WWW-Authenticate` header. The scheme and the parameters' names are in lower case. */
export interface Challenge {
  scheme: string;
  token68?: string;
  parameters: ReadonlyMap<string, string>;
}

/** More than any server sends; what is longer was not meant for us. */
const MAX_HEADER_LENGTH = 8192;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** qdtext and what may be escaped (RFC 9110 5.6.4). */
const QUOTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads all challenges of a `WWW-Authenticate` header (RFC 9110 11.6.1), of whichever schemes: `UMA`, `DPoP`, `Bearer`.
 * Several header lines are one, joined by commas, as `Headers.get` does. Takes time linear in its length.
 *
 * @throws {@link InvalidChallengeError} where the header breaks the grammar, names a parameter twice or is too long
 */
export function parseChallenges(header: string): Challenge[] {
  if (header.length > MAX_HEADER_LENGTH) throw new InvalidChallengeError('the WWW-Authenticate header is too long');
  const reader = new ChallengeReader(header);
  const challenges: Challenge[] = [];
  reader.skipEmptyElements();
  while (!reader.ended) {
    challenges.push(readChallenge(reader));
    reader.skipEmptyElements();
  }
  return challenges;
}

function readChallenge(reader: ChallengeReader): Challenge {
  const scheme = reader.token('a scheme').toLowerCase();
  const spaced = reader.skipSpace();
  if (reader.atElementEnd) return { scheme, parameters: new Map() };
  if (!spaced) reader.fail('a space after the scheme');
  const token68 = reader.token68();
  if (token68 !== undefined) return { scheme, token68, parameters: new Map() };
  return { scheme, parameters: readParameters(reader) };
}

function readParameters(reader: ChallengeReader): Map<string, string> {
  const parameters = new Map<string, string>();
  do {
    const [name, value] = reader.parameter();
    if (parameters.has(name)) reader.fail('each parameter once');
    parameters.set(name, value);
    reader.skipSpace();
    if (!reader.atElementEnd) reader.fail('a comma');
    reader.skipEmptyElements();
  } while (reader.atParameter);
  return parameters;
}

/**
 * Writes one challenge for a `WWW-Authenticate` header (RFC 9110 11.6.1), its values quoted. Parameters without a value
 * are left out.
 *
 * @throws {@link InvalidArgumentError} for what cannot stand in a header
 */
export function formatChallenge(scheme: string, parameters: Record<string, string | undefined> = {}): string {
  assertToken(scheme);
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [formatParameter(name, value)],
  );
  return written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`;
}

function formatParameter(name: string, value: string): string {
  assertToken(name);
  if (!QUOTABLE.test(value)) throw new InvalidArgumentError(`the value of "${name}" cannot stand in a header`);
  return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
}

function assertToken(text: string): void {
  if (!TOKEN.test(text)) throw new InvalidArgumentError('a scheme or parameter name must be a token (RFC 9110 5.6.2)');
}

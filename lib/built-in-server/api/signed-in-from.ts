/** Where somebody signs in, so that they know it again in the list of their sessions. */
import type { Request } from '../http/request.ts';
import type { SignedInFrom } from '../model/records.ts';

/** In this order: each says also the names of those that it descends from. */
const browsers: readonly [part: string, name: string][] = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
];

const systems: readonly [part: string, name: string][] = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Macintosh', 'macOS'],
  ['Linux', 'Linux'],
];

/**
 * Where somebody signs in: the address, and which browser on which system that is, by the known names above. Nothing of
 * what a browser says of itself is kept, and of an unknown one nothing is said.
 */
export function signedInFrom({ headers, remoteAddress }: Pick<Request, 'headers' | 'remoteAddress'>): SignedInFrom {
  const said = headers['user-agent'] ?? '';
  const nameIn = (known: typeof browsers) => known.find(([part]) => said.includes(part))?.[1];
  const [browser, system] = [nameIn(browsers), nameIn(systems)];
  return { from: remoteAddress, ...(browser && { browser }), ...(system && { system }) };
}

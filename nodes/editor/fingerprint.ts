import { make, type Part } from './make.ts';

/** RFC 7638, as base64url of SHA-256. */
const FINGERPRINT = /(?<![\w-])([\w-]{43})(?![\w-])/;

/** A text with a key's fingerprint set in groups as on the owner's pages, to be compared by eye; copied, it has no gaps. */
export function fingerprintParts(text: string): Part[] {
  const [before = '', fingerprint, after = ''] = text.split(FINGERPRINT);
  if (fingerprint === undefined) return [text];
  const groups = (fingerprint.match(/.{1,6}/g) ?? []).map((group) => make('span', {}, group));
  return [before, make('span', { className: 'uma-fingerprint' }, ...groups), after];
}

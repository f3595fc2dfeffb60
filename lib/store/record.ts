/**
 * How one record stands on disk: a kind byte, then either a checksum and JSON, or sealed JSON.
 * The JSON is `[version, data]`. Checksum and seal cover the key too, so a record cannot stand in for another one.
 */
import { crc32 } from 'node:zlib';
import type { Sealer } from './sealing.ts';

const PLAIN = 1;
const SEALED = 2;

export interface VersionedData {
  version: number;
  data: unknown;
}

/** The bytes to store under `key`. `data` is JSON: no functions, dates or byte arrays. */
export function encodeRecord(key: Buffer, { version, data }: VersionedData, sealer?: Sealer): Buffer {
  const clear = Buffer.from(JSON.stringify([version, data]));
  if (sealer) return Buffer.concat([Buffer.of(SEALED), sealer.seal(clear, key)]);
  const head = Buffer.alloc(5);
  head[0] = PLAIN;
  head.writeUInt32BE(checksum(key, clear), 1);
  return Buffer.concat([head, clear]);
}

/** Throws where the bytes are damaged, of the other kind, or were sealed with another key or under another name. */
export function decodeRecord(key: Buffer, stored: Buffer, sealer?: Sealer): VersionedData {
  const parsed: unknown = JSON.parse(clearText(key, stored, sealer).toString());
  if (!Array.isArray(parsed) || !Number.isSafeInteger(parsed[0])) throw new Error('the record has no version');
  return { version: parsed[0], data: parsed[1] };
}

/** Whether the bytes can be a record of ours; a sealed one is believed without its key. */
export function looksSound(key: Buffer, stored: Buffer): boolean {
  if (stored[0] === SEALED) return true;
  return stored[0] === PLAIN && stored.length > 5 && stored.readUInt32BE(1) === checksum(key, stored.subarray(5));
}

function clearText(key: Buffer, stored: Buffer, sealer: Sealer | undefined): Buffer {
  if (stored[0] !== (sealer ? SEALED : PLAIN)) throw new Error('the record is of another kind');
  if (sealer) return sealer.open(stored.subarray(1), key);
  if (!looksSound(key, stored)) throw new Error('the checksum does not match');
  return stored.subarray(5);
}

function checksum(key: Buffer, clear: Buffer): number {
  return crc32(clear, crc32(key));
}

import { getSystemErrorName } from 'node:util';

/** Why a store could not be opened, read or written. `hint` is for the person who runs it. */
export type StoreErrorCode =
  | 'store_in_use'
  | 'store_not_writable'
  | 'store_newer'
  | 'store_corrupt'
  | 'store_key_wrong'
  | 'store_key_weak'
  | 'store_closed'
  | 'store_misused';

interface StoreErrorDetails {
  values?: Record<string, string | number>;
  /** Where one code has several sentences. */
  hintKey?: string;
  cause?: unknown;
}

/** A fault of the store. Its message and values name paths and tables, never a stored value. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly hint: { key: string; values?: Record<string, string | number> };

  constructor(code: StoreErrorCode, message: string, { values, hintKey, cause }: StoreErrorDetails = {}) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.hint = { key: hintKey ?? `hint.${code}`, ...(values && { values }) };
    if (cause !== undefined) Object.defineProperty(this, 'cause', { value: cause, enumerable: false });
  }
}

/** The file system said no: a full disk, a read-only mount, a directory of somebody else. */
export function notWritable(path: string, cause: unknown): StoreError {
  const reason = systemCode(cause) ?? 'unknown';
  return new StoreError('store_not_writable', `cannot write ${path} (${reason})`, { values: { path, reason }, cause });
}

/** What is on disk cannot be trusted. `what` says which part. */
export function corrupt(path: string, what: string, cause?: unknown): StoreError {
  return new StoreError('store_corrupt', `${path}: ${what}`, { values: { path, what }, cause });
}

/** Written by a later version of this package. */
export function newer(path: string, what: string): StoreError {
  return new StoreError('store_newer', `${path}: ${what} was written by a newer version`, { values: { path, what } });
}

/** The `code` of a system error such as `EACCES`; lmdb tells the system's number, and its own as negative ones. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'number' && Number.isSafeInteger(code) && code > 0) return getSystemErrorName(-code);
  return typeof code === 'string' ? code : undefined;
}

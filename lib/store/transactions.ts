import type { Database } from 'lmdb';
import { notWritable, StoreError } from './errors.ts';
import type { Room } from './room.ts';

interface Running {
  /** The first throw inside: the whole transaction falls with it, even if somebody in between caught it. */
  failed?: { error: unknown };
  durable: Promise<void>;
}

/** All or nothing, one level deep: a transaction called inside another one is part of it. */
export class Transactions {
  readonly #database: Pick<Database, 'transactionSync'>;
  readonly #path: string;
  readonly #room: Pick<Room, 'check'>;
  #running: Running | undefined;

  constructor(database: Pick<Database, 'transactionSync'>, path: string, room: Pick<Room, 'check'>) {
    this.#database = database;
    this.#path = path;
    this.#room = room;
  }

  /**
   * Runs `work` now and returns what it returned; `durable` settles with the outermost transaction.
   * Throws what `work` threw, and `store_not_writable` if the disk refused. Nothing of it is kept then.
   */
  run<T>(work: () => T): { result: T; durable: Promise<void> } {
    const running = this.#running;
    if (running) return { result: guarded(running, work), durable: running.durable };
    return { result: this.#outermost(work), durable: Promise.resolve() };
  }

  #outermost<T>(work: () => T): T {
    this.#room.check();
    const { promise, resolve, reject } = settleable();
    const running: Running = { durable: promise };
    this.#running = running;
    try {
      const result = this.#database.transactionSync(() => commitUnlessFailed(running, work));
      resolve();
      return result;
    } catch (error) {
      const reason = running.failed ? running.failed.error : notWritable(this.#path, error);
      reject(reason);
      throw reason;
    } finally {
      this.#running = undefined;
    }
  }
}

function commitUnlessFailed<T>(running: Running, work: () => T): T {
  const result = guarded(running, work);
  if (running.failed) throw running.failed.error;
  return result;
}

function guarded<T>(running: Running, work: () => T): T {
  try {
    const result = work();
    // lmdb would keep the transaction open until it settles, and let everybody else's writes fall into it.
    if (isThenable(result)) throw new StoreError('store_misused', 'the work of a transaction must be synchronous');
    return result;
  } catch (error) {
    running.failed ??= { error };
    throw error;
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Nobody need listen: who called the outermost transaction hears of the failure anyway. */
function settleable() {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

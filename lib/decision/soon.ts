/**
 * What is there already, or will be. A message whose token is known is decided without waiting for anything; each
 * `await` of a value that is there would cost it as much as a look-up.
 */
export type Soon<T> = T | Promise<T>;

/** Goes on with what is there at once, and with what is awaited when it comes. */
export function andThen<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Timers that go off when a test says so. */
export function fakeTimers() {
  const waiting = new Map<number, { callback: () => void; ms: number }>();
  let last = 0;
  return {
    setTimeout(callback: () => void, ms: number): number {
      last += 1;
      waiting.set(last, { callback, ms });
      return last;
    },
    clearTimeout: (handle: unknown) => void waiting.delete(handle as number),
    /** What is waited for, in milliseconds, in order of asking. */
    pending: () => [...waiting.values()].map(({ ms }) => ms),
    /** All that is waited for now is over. */
    fire(): void {
      const due = [...waiting.values()];
      waiting.clear();
      for (const { callback } of due) callback();
    },
  };
}

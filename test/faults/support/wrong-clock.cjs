// Loaded into a process before anything else (`--require`): its wall clock is wrong by UMA_CLOCK_SHIFT_MS milliseconds.
// A stand-in for a computer whose clock was set wrong, and no more than that: `Date` alone is shifted. Timers, the
// monotonic clock and the times of files go on as they are.
const shiftMs = Number(process.env.UMA_CLOCK_SHIFT_MS ?? 0);

if (shiftMs !== 0) {
  const RealDate = globalThis.Date;
  const now = () => RealDate.now() + shiftMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}

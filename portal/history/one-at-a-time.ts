/**
 * Lets one reading be under way: an answer that was begun earlier and comes later would put what is older before what is
 * newer. Whatever is asked for meanwhile is done once, after it, since what is being read may be older than the reason to ask.
 *
 * @returns does the work now, or after what is under way; resolves when nothing is left to do
 */
export function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let next: (() => Promise<void>) | undefined;
  let underWay: Promise<void> | undefined;
  const untilCalm = async () => {
    try {
      while (next !== undefined) {
        const work = next;
        next = undefined;
        await work();
      }
    } finally {
      underWay = undefined;
    }
  };
  return (work) => {
    next = work;
    underWay ??= untilCalm();
    return underWay;
  };
}

/** For how long whoever is near may register after the owner pressed *Add a device*. */
const OPEN_SECONDS = 600;

/**
 * Whether devices on other computers may register by themselves just now. In memory: a restart closes it. They stay
 * nobody's until an owner claims them or shares with them.
 */
export interface OpenRegistration {
  /** Opens it, or opens it for longer. @returns until when */
  open(owner: string): number;
  close(owner: string): void;
  /** While it is open by this owner. */
  until(owner: string): number | undefined;
  isOpen(): boolean;
}

export function createOpenRegistration(nowSeconds: () => number): OpenRegistration {
  const untilOf = new Map<string, number>();
  const until = (owner: string) => {
    const end = untilOf.get(owner);
    const left = (end ?? 0) - nowSeconds();
    // More than was given: the clock was ahead and is set right, and it would stay open until it is as late again.
    return left > 0 && left <= OPEN_SECONDS ? end : undefined;
  };
  return {
    open(owner) {
      const end = nowSeconds() + OPEN_SECONDS;
      untilOf.set(owner, end);
      return end;
    },
    close: (owner) => void untilOf.delete(owner),
    until,
    isOpen: () => [...untilOf.keys()].some((owner) => until(owner) !== undefined),
  };
}

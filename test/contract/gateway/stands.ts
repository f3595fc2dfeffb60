import type { Gateway, Standing } from '../../../lib/gateway/gateway.ts';

/** Resolves when the gateway stands in one of these ways. */
export function standing(gateway: Gateway, ...phases: Standing['phase'][]): Promise<Standing> {
  return new Promise((resolve) => {
    const stop = gateway.watchStanding(look);
    function look(): void {
      if (!phases.includes(gateway.standing().phase)) return;
      stop();
      resolve(gateway.standing());
    }
    look();
  });
}

/** What a node's last message was let through by: once that has ended, its green light would be untrue. */
import type { EndedShare, Target } from '../servers/authorization-server.ts';
import type { Phrase, StatusLight } from './status.ts';

/** By the ids of the server, as far as they are known. */
export interface Pass {
  device: string | undefined;
  resource: string | undefined;
  share?: string | undefined;
}

export interface Passes {
  /** In the step in which a message is let through. @returns what to show once it has left */
  note(pass: Pass): () => Phrase;
  /** Something is refused from now on. */
  ended(target: Target, shares: readonly EndedShare[]): void;
}

/** Remembers the last one alone: that is what the light tells of. */
export function createPasses(light: Pick<StatusLight, 'replace'>): Passes {
  let last: (Pass & { over: boolean }) | undefined;
  return {
    note(pass) {
      const noted = { ...pass, over: false };
      last = noted;
      return () => (noted.over ? 'was-allowed' : 'allowed');
    },
    ended(target, shares) {
      if (last === undefined || last.over || !restsOn(last, target, shares)) return;
      last.over = true;
      light.replace('allowed', 'was-allowed');
    },
  };
}

/** Where it cannot be told it counts as ended: that is never untrue. */
function restsOn(pass: Pass, target: Target, shares: readonly EndedShare[]): boolean {
  if ('device' in target) return target.device === pass.device;
  if ('resource' in target) return target.resource === pass.resource;
  if ('pair' in target) return isOf(pass, target.pair);
  if (!('share' in target)) return true;
  if (pass.share !== undefined) return pass.share === target.share;
  return shares.length === 0 || shares.some((share) => isOf(pass, share));
}

function isOf(pass: Pass, { device, resource }: { device: string; resource: string }): boolean {
  return pass.device === device && pass.resource === resource;
}

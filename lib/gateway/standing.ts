import type { BuiltInServer } from '../servers/built-in.ts';
import type { Standing } from './gateway.ts';
import type { ServerPlace } from './server-place.ts';

/** How far a gateway is, told whenever it changes. */
export interface StandingBoard {
  standing(): Standing;
  watch(listener: (standing: Standing) => void): () => void;
  /** The server was heard: only now nothing is refused as stale any more. */
  heard(): void;
  /** Everything is stopped, or no more. */
  stopped(altogether: boolean): void;
  close(): void;
}

/** In the words of its users: the server's way in, and the set-up link where it is ours to give. */
export function createStandingBoard(
  { join }: { join: Pick<BuiltInServer['join'], 'step' | 'watch'> },
  place: Pick<ServerPlace, 'setUpLink' | 'pages'>,
): StandingBoard {
  const listeners = new Set<(standing: Standing) => void>();
  const way = keepWay(place);
  let heard = false;
  let stopped = false;

  function standing(): Standing {
    const step = join.step();
    if (step.phase === 'ready' && !heard) return { phase: 'starting' };
    if (step.phase === 'ready' && stopped) return { phase: 'stopped', link: `${place.pages}/panic` };
    return step.phase === 'no-owner' ? withoutOwner(step.userCode, way(step.userCode)) : step;
  }

  const tell = (): void => {
    for (const listener of [...listeners]) listener(standing());
  };
  const stop = join.watch(tell);
  return {
    standing,
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    heard: () => {
      heard = true;
      tell();
    },
    stopped: (altogether) => {
      if (altogether === stopped) return;
      stopped = altogether;
      tell();
    },
    close: () => {
      stop();
      listeners.clear();
    },
  };
}

/**
 * One set-up link for each code of the way in: the server keeps the newest few alone, and the link that somebody has before
 * them must not end because others look how things stand. A code lives less long than a link.
 */
function keepWay(place: Pick<ServerPlace, 'setUpLink'>): (userCode: string) => string | undefined {
  let kept: { userCode: string; link: string | undefined } | undefined;
  return (userCode) => {
    if (kept?.userCode !== userCode) kept = { userCode, link: place.setUpLink() };
    return kept.link;
  };
}

function withoutOwner(userCode: string, link: string | undefined): Standing {
  if (link === undefined) return { phase: 'no-owner', userCode };
  // The page lets this Node-RED in together with making the owner: one step for the person.
  const withCode = new URL(link);
  withCode.searchParams.set('connect', userCode);
  return { phase: 'no-owner', setUpLink: withCode.href, userCode };
}

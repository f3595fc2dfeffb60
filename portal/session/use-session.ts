import { useEffect, useState } from 'preact/hooks';
import type { Portal } from '../shell/portal.ts';
import type { Refused } from '../wire/api.ts';
import type { HomeRecord } from '../wire/records.ts';

/** Who is in front of these pages. `away`: the server cannot be asked. */
export type Standing =
  | { kind: 'asking' }
  | { kind: 'signed-out'; ended?: true }
  | { kind: 'owner'; name: string }
  | { kind: 'guest' }
  | { kind: 'away'; refused: Refused };

export interface Session {
  standing: Standing;
  /** Asks the server anew who this is. */
  ask(): void;
  signOut(): Promise<void>;
}

const ASK_AGAIN_MS = 5_000;

/** @param onLost - takes what is to be called when the server says that the session is over */
export function useSession(portal: Portal, onLost: (listener: () => void) => () => void): Session {
  const [standing, setStanding] = useState<Standing>({ kind: 'asking' });
  const ask = () => void askWho(portal).then(setStanding);
  useEffect(() => {
    ask();
    const other = () => ask();
    addEventListener('storage', other);
    const unhook = onLost(() => {
      portal.shelf.clear();
      setStanding(portal.half.read() === undefined ? { kind: 'signed-out' } : { kind: 'signed-out', ended: true });
    });
    return () => {
      removeEventListener('storage', other);
      unhook();
    };
  }, [portal]);
  useEffect(() => {
    if (standing.kind !== 'away') return undefined;
    const timer = setTimeout(ask, ASK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [standing]);
  const signOut = async () => {
    await portal.api.act('DELETE', '/api/session');
    portal.half.forget();
    portal.shelf.clear();
    setStanding({ kind: 'signed-out' });
  };
  return { standing, ask, signOut };
}

async function askWho({ api, half }: Portal): Promise<Standing> {
  if (half.read() === undefined) return { kind: 'signed-out' };
  const answer = await api.get<HomeRecord>('/api/home');
  if (answer.ok) return { kind: 'owner', name: answer.value.owner };
  if (answer.error === 'sign_in_needed') return { kind: 'signed-out', ended: true };
  return answer.error === 'insufficient_scope' ? { kind: 'guest' } : { kind: 'away', refused: answer };
}

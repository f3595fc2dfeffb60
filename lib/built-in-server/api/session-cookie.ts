import type { Request } from '../http/request.ts';

/** More than this fit in no header that is taken; a flow's page may have set some that are none. */
const MOST_TRIED = 64;
const LIFE_SECONDS = 30 * 24 * 60 * 60;

/** The cookie half of a session. Under TLS its name keeps other hosts and paths from setting it (RFC 6265bis 4.1.3). */
export interface SessionCookie {
  /** Every value sent under our name: a flow on another port of this host can add one of its own. */
  read(request: Request): string[];
  set(value: string): Record<string, string>;
  clear(): Record<string, string>;
}

export function createSessionCookie(pages: string): SessionCookie {
  const secure = new URL(pages).protocol === 'https:';
  const name = secure ? '__Host-uma_session' : 'uma_session';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    read: ({ headers }) =>
      (headers.cookie ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(`${name}=`))
        .slice(0, MOST_TRIED)
        .map((pair) => pair.slice(name.length + 1)),
    set: (value) => ({ 'set-cookie': `${name}=${value}; Max-Age=${LIFE_SECONDS}; ${attributes}` }),
    clear: () => ({ 'set-cookie': `${name}=; Max-Age=0; ${attributes}` }),
  };
}

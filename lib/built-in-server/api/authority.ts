import { Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Model } from '../model/model.ts';
import type { Actor } from '../model/records.ts';
import type { SessionCookie } from './session-cookie.ts';

/** What an owner may give a gateway: to see, to take back, to give. */
export type OwnerScope = 'shares:read' | 'shares:reduce' | 'shares:grant';

/** In whose name a request to the owner API acts, and how far. */
export interface Authority {
  owner: string;
  by: Actor;
  /** The session's id; absent where a gateway's token acts. */
  session?: string;
  /** The session is a guest's: it may look after itself and nothing else. */
  guest?: true;
  gateway?: string;
  scopes: readonly string[];
  /** Where the owner limited granting: only these resources. */
  resources?: readonly string[];
}

/** The owner's authority that a DPoP-bound access token carries. */
interface TokenAuthority {
  owner: string;
  gateway: string;
  scopes: readonly string[];
  resources?: readonly string[];
}

/** Verifies `Authorization: DPoP …` and its proof (RFC 9449 7.1). @throws Refusal 401 with `WWW-Authenticate` */
export type VerifyOwnerToken = (request: Request) => Promise<TokenAuthority>;

const EVERYTHING: readonly OwnerScope[] = ['shares:read', 'shares:reduce', 'shares:grant'];

export interface AuthorityParts {
  model: Pick<Model, 'sessions' | 'owners'>;
  cookie: SessionCookie;
  verifyOwnerToken: VerifyOwnerToken;
}

/**
 * Finds out who asks: a session, both halves of it (cookie and `X-CSRF-Token`), or a token.
 * A cookie alone is nothing: every flow on this host receives it.
 * @throws Refusal 401 `sign_in_needed`, or as `verifyOwnerToken`
 */
export async function findAuthority(parts: AuthorityParts, request: Request): Promise<Authority> {
  if (request.headers.authorization !== undefined) {
    const { gateway, ...given } = await parts.verifyOwnerToken(request);
    return { ...given, gateway, by: { kind: 'gateway', gateway, owner: given.owner } };
  }
  const csrf = request.headers['x-csrf-token'];
  const cookies = typeof csrf === 'string' ? parts.cookie.read(request) : [];
  for (const cookie of cookies) {
    const session = parts.model.sessions.check(cookie, String(csrf));
    const person = session && parts.model.owners.byName(session.owner);
    // Nobody's session says nothing: it must not be taken for an owner's because it is no guest's.
    if (session === undefined || person === undefined) continue;
    const { owner, id } = session;
    const known = { owner, by: { kind: 'owner', owner }, session: id } as const;
    return person.guestOf === undefined ? { ...known, scopes: EVERYTHING } : { ...known, guest: true, scopes: [] };
  }
  throw new Refusal(401, 'sign_in_needed', 'send both the session cookie and its X-CSRF-Token');
}

/** What a route asks for: a scope, anybody's session, or an owner's. */
export type Needs = OwnerScope | 'session' | 'owner';

/** @throws Refusal 403 `insufficient_scope` (RFC 6750 3.1), also for what only a session may do */
export function requireScope(authority: Authority, needs: Needs): void {
  if (allows(authority, needs)) return;
  const sessionOnly = needs === 'session' || needs === 'owner';
  throw new Refusal(403, 'insufficient_scope', sessionOnly ? 'only an owner may do that' : `needs ${needs}`);
}

function allows({ session, guest, scopes }: Authority, needs: Needs): boolean {
  if (needs === 'session') return session !== undefined;
  return needs === 'owner' ? session !== undefined && !guest : scopes.includes(needs);
}

/** @throws Refusal 403 `beyond_limit` where granting was limited to other resources: a new token would be, too */
export function requireResource(authority: Authority, resource: string | undefined): void {
  if (authority.resources === undefined) return;
  if (resource !== undefined && authority.resources.includes(resource)) return;
  throw new Refusal(403, 'beyond_limit', 'the owner limited this gateway to other resources');
}

/**
 * Does the work in one transaction, in which the authority must still stand: it was checked before the body was read,
 * and a session, or the gateway, may have been stopped meanwhile. @throws Refusal 401
 */
export function act<T>(model: Model, authority: Authority, work: () => T): Promise<T> {
  return model.transaction(() => {
    const { owner, session, gateway } = authority;
    const stands =
      session === undefined
        ? gateway !== undefined && model.gateways.get(gateway)?.owner === owner
        : model.sessions.list(owner).some(({ id }) => id === session);
    if (!stands) throw new Refusal(401, 'sign_in_needed', 'this authority has ended meanwhile');
    return work();
  });
}

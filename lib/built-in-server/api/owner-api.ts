import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { type AttemptLimiter, createAttemptLimiter } from './attempt-limiter.ts';
import type { VerifyOwnerToken } from './authority.ts';
import { type Codes, codeRoutes } from './codes.ts';
import { deviceRecordRoutes } from './device-record.ts';
import { deviceRoutes } from './devices.ts';
import { gatewayRoutes } from './gateways.ts';
import { listRoutes } from './lists.ts';
import { lookingBackRoutes } from './looking-back.ts';
import { openRegistrationRoutes } from './open-registration.ts';
import { ownerEventRoutes } from './owner-events.ts';
import { ownerRoutes } from './owner-route.ts';
import { panicRoutes } from './panic.ts';
import { passwordRoutes } from './password.ts';
import { peopleRoutes } from './people.ts';
import { registrationTokenRoutes } from './registration-tokens.ts';
import { requestRoutes } from './requests.ts';
import { createSessionCookie } from './session-cookie.ts';
import { sessionRoutes } from './sessions.ts';
import { createSetUpOwner, type SetUpOwner, setUpRoute } from './set-up.ts';
import { shareRoutes } from './shares.ts';
import { createSignIn, type SignIn } from './sign-in.ts';

export interface OwnerApiParts {
  model: Model;
  issuer: string;
  /** Where this and the owner's pages are. */
  pages: string;
  /** RFC 7638 thumbprint, for an owner to compare. */
  signingKey: string;
  /** Live: a certificate is renewed while the server runs. */
  certificate?(): { fingerprint: string; made: boolean; expiresAt: number };
  notEncrypted: boolean;
  codes: Codes;
  verifyOwnerToken: VerifyOwnerToken;
  rateLimits: boolean;
  nowMs(): number;
}

/** Everything under `/api` (docs/owner-api.md), and what the plain pages share with it. */
export interface OwnerApi {
  routes: Route[];
  setUpOwner: SetUpOwner;
  signIn: SignIn;
  limiter: AttemptLimiter;
  /** Ends every stream. */
  close(): void;
}

export function createOwnerApi(parts: OwnerApiParts): OwnerApi {
  const { model, pages, codes, verifyOwnerToken, rateLimits: enabled, nowMs } = parts;
  const limiter = (burst: number, everyMs: number) => createAttemptLimiter({ burst, everyMs, nowMs, enabled });
  const cookie = createSessionCookie(pages);
  const guesses = { perAccount: limiter(10, 6_000), perAddress: limiter(50, 2_000) };
  const signIn = createSignIn({ model, cookie, ...guesses });
  const setUpOwner = createSetUpOwner(model, codes, limiter(20, 3_000));
  const route = ownerRoutes({ model, pages, cookie, verifyOwnerToken });
  const events = ownerEventRoutes(model, route);
  const routes = [
    setUpRoute({ model, pages, cookie }, setUpOwner),
    ...sessionRoutes({ model, pages, cookie, signIn }, route),
    ...passwordRoutes({ model, pages, cookie, signIn }, route),
    ...listRoutes(model, parts, route),
    ...lookingBackRoutes(model, route),
    ...shareRoutes(model, route),
    ...requestRoutes(model, route),
    ...deviceRoutes(model, route),
    ...deviceRecordRoutes(model, route),
    ...gatewayRoutes(model, route),
    ...codeRoutes(model, codes, limiter(20, 3_000), route),
    ...registrationTokenRoutes(model, route),
    ...openRegistrationRoutes(model, route),
    ...panicRoutes(model, signIn, route),
    ...peopleRoutes(model, route),
    ...events.routes,
  ];
  return { routes, setUpOwner, signIn, limiter: limiter(30, 2_000), close: events.close };
}

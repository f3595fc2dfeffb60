/** `/api/codes/{userCode}`: a gateway shows a code, and the owner says whether it may come in (RFC 8628 3.3). */
import { type Answer, empty, json, Refusal } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { Actor } from '../model/records.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { type Authority, act } from './authority.ts';
import { onlyMembers, optionalTextsIn, readObject } from './body-fields.ts';
import type { OwnerRoute } from './owner-route.ts';

/** Who waits with a code, to be compared with what the other screen shows. */
export interface WaitingCode {
  clientId: string;
  name: string;
  fingerprint: string;
  scopes: string[];
  /** Seconds since 1970. */
  askedAt: number;
  /** The address it was asked from. */
  from: string;
}

export interface CodeDecision {
  owner: string;
  scopes: string[];
  resources?: string[];
  by: Actor;
}

/** The device flow as the owner's side sees it. `false`: nobody waits with this code any more. */
export interface Codes {
  waiting(userCode: string): WaitingCode | undefined;
  approve(userCode: string, decision: CodeDecision): Promise<boolean>;
  deny(userCode: string, by: Actor): Promise<boolean>;
}

export function codeRoutes(model: Model, codes: Codes, limiter: AttemptLimiter, route: OwnerRoute): Route[] {
  const waitingFor = (authority: Authority, typed = '') => {
    limiter.count(`code ${authority.owner}`);
    const found = findCode(codes, typed);
    limiter.forgive(`code ${authority.owner}`);
    return found;
  };
  return [
    route('GET', '/api/codes/{userCode}', 'session', (authority, request) =>
      json(200, waitingFor(authority, request.params.userCode).waiting),
    ),
    route('POST', '/api/codes/{userCode}/approve', 'session', async (authority, request): Promise<Answer> => {
      const body = await readObject(request);
      onlyMembers(body, 'scopes', 'resources');
      const { userCode, waiting } = waitingFor(authority, request.params.userCode);
      const scopes = optionalTextsIn(body, 'scopes') ?? waiting.scopes;
      if (!scopes.every((scope) => waiting.scopes.includes(scope)))
        throw new ModelError('scope_unknown', 'approve what was asked for, or less');
      const resources = optionalTextsIn(body, 'resources');
      const { owner, by } = authority;
      await act(model, authority, () => {
        model.panic.refuse(owner);
        if (resources?.some((id) => model.resources.get(id)?.owner !== owner))
          throw new ModelError('resource_unknown', 'you have no such resource');
      });
      const limited = resources === undefined ? {} : { resources };
      if (!(await codes.approve(userCode, { owner, scopes, by, ...limited }))) throw codeUnknown();
      return json(200, { clientId: waiting.clientId, scopes, ...limited });
    }),
    route('POST', '/api/codes/{userCode}/deny', 'session', async (authority, request) => {
      onlyMembers(await readObject(request));
      const { userCode } = waitingFor(authority, request.params.userCode);
      if (!(await codes.deny(userCode, authority.by))) throw codeUnknown();
      return empty(204);
    }),
  ];
}

/** Finds a code however it was typed: `wdjb mjht` is `WDJB-MJHT`. @throws Refusal 404 `code_unknown` */
export function findCode(codes: Codes, typed: string): { userCode: string; waiting: WaitingCode } {
  const letters = typed
    .slice(0, 20)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
  const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
  const waiting = codes.waiting(userCode);
  if (waiting === undefined) throw codeUnknown();
  return { userCode, waiting };
}

function codeUnknown(): Refusal {
  return new Refusal(404, 'code_unknown', 'nobody waits with this code');
}

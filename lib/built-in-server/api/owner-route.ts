import { sayIn } from '../../sharing/say.ts';
import { type Answer, json } from '../http/answer.ts';
import { inLanguage } from '../http/in-language.ts';
import type { Request } from '../http/request.ts';
import type { Method, Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { type Authority, findAuthority, type Needs, requireScope, type VerifyOwnerToken } from './authority.ts';
import { refused } from './refusals.ts';
import { refuseForeign } from './request-guard.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface OwnerRouteParts {
  model: Model;
  pages: string;
  cookie: SessionCookie;
  verifyOwnerToken: VerifyOwnerToken;
}

/** Answers in an owner's name. */
type OwnerHandler = (authority: Authority, request: Request) => Answer | Promise<Answer>;

export type OwnerRoute = (method: Method, path: string, needs: Needs, handle: OwnerHandler) => Route;

/** Makes routes that pass the guards first: not from another site, by somebody known, who may do that. */
export function ownerRoutes(parts: OwnerRouteParts): OwnerRoute {
  const origin = new URL(parts.pages).origin;
  return (method, path, needs, handle) => ({
    method,
    path,
    handle: (request) =>
      saysWhy(request, async () => {
        refuseForeign(request, origin);
        const authority = await findAuthority(parts, request);
        requireScope(authority, needs);
        return handle(authority, request);
      }),
  });
}

/** Runs a handler; a refusal becomes an answer with a hint, in the language of whoever asked. */
export async function saysWhy(
  { language }: Pick<Request, 'language'>,
  work: () => Answer | Promise<Answer>,
): Promise<Answer> {
  try {
    return inLanguage(await work(), language);
  } catch (fault) {
    return inLanguage(refused(fault, sayIn(language)), language);
  }
}

const CONFIRM_WITHIN_MS = 1000;

/** Answers once every connected gateway knows, at most a second later, and names who does not yet. */
export async function answerWhenKnown(model: Model, events: readonly number[], body: object): Promise<Answer> {
  return json(200, { ...body, ...(await model.events.acknowledged(events, CONFIRM_WITHIN_MS)) });
}

/** `/api/codes/{userCode}`: a gateway or a device shows a code, and the owner answers (RFC 8628 3.3). */
import { empty, json, Refusal } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { DeviceFlow, WaitingCode } from '../provider/device-flow.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { type Authority, act } from './authority.ts';
import { onlyMembers, optionalTextIn, optionalTextsIn, readObject } from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import { shownDevice, shownGateway } from './shown.ts';

/** The device flow as the owner's side sees it. */
export type Codes = Pick<DeviceFlow, 'waiting' | 'approve' | 'deny'>;

export function codeRoutes(model: Model, codes: Codes, limiter: AttemptLimiter, route: OwnerRoute): Route[] {
  const waitingFor = (authority: Authority, typed = '') => {
    limiter.count(`code ${authority.owner}`);
    const found = findCode(codes, typed);
    limiter.forgive(`code ${authority.owner}`);
    return found;
  };
  return [
    route('GET', '/api/codes/{userCode}', 'owner', (authority, request) =>
      json(200, waitingFor(authority, request.params.userCode).waiting),
    ),
    route('POST', '/api/codes/{userCode}/approve', 'owner', async (authority, request) => {
      const body = await readObject(request);
      onlyMembers(body, 'scopes', 'resources', 'name');
      const scopes = optionalTextsIn(body, 'scopes');
      const resources = body.resources === null ? null : optionalTextsIn(body, 'resources');
      const name = optionalTextIn(body, 'name', 80);
      const { userCode } = waitingFor(authority, request.params.userCode);
      const { owner, by } = authority;
      const limits = {
        ...(scopes === undefined ? {} : { scopes }),
        ...(resources === undefined ? {} : { resources }),
        ...(name === undefined ? {} : { name }),
      };
      const approved = await act(model, authority, () => {
        model.panic.refuse(owner);
        if (resources?.some((id) => model.resources.get(id)?.owner !== owner))
          throw new ModelError('resource_unknown', 'you have no such resource');
        return codes.approve({ userCode, owner, ...limits }, by);
      });
      if (approved.kind === 'gateway') return json(200, shownGateway(model, approved.gateway));
      return answerWhenKnown(model, approved.events, shownDevice(approved.device));
    }),
    route('POST', '/api/codes/{userCode}/deny', 'owner', async (authority, request) => {
      onlyMembers(await readObject(request));
      const { userCode } = waitingFor(authority, request.params.userCode);
      await act(model, authority, () => codes.deny(userCode, authority.owner, authority.by));
      return empty(204);
    }),
  ];
}

/** @throws Refusal 404 `code_unknown` */
export function findCode(codes: Codes, typed: string): { userCode: string; waiting: WaitingCode } {
  const userCode = typed.slice(0, 20);
  const waiting = codes.waiting(userCode);
  if (waiting === undefined) throw new Refusal(404, 'code_unknown', 'nobody waits with this code');
  return { userCode, waiting };
}

/** `/api/shares`: what the owner allows, and taking it back. */
import { sayIn } from '../../sharing/say.ts';
import type { Party } from '../../sharing/share.ts';
import { json, malformed } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { ShareRecord } from '../model/records.ts';
import { type Authority, act, requireResource, requireScope } from './authority.ts';
import {
  type Body,
  numberIn,
  onlyMembers,
  optionalConditionsIn,
  optionalTextsIn,
  readObject,
  textIn,
  textsIn,
} from './body-fields.ts';
import { answerWhenKnown, type OwnerRoute } from './owner-route.ts';
import { pageAsked, pageOf } from './page.ts';
import { notFound } from './refusals.ts';
import { shownShare } from './shown.ts';

export function shareRoutes(model: Model, route: OwnerRoute): Route[] {
  return [
    route('GET', '/api/shares', 'shares:read', ({ owner }, request) => {
      const read = (range: object) => model.shares.list({ owner, ...range });
      // Whoever makes sentences of their own, and of what is looked at only, is sent none.
      const say = sentencesAsked(request) ? sayIn(request.language) : undefined;
      const page = pageOf(pageAsked(request), read, keyOf, (share) => shownShare(model, share, say));
      return json(200, page);
    }),
    route('POST', '/api/shares', 'shares:grant', async (authority, request) => {
      const wish = wishIn(await readObject(request));
      requireResource(authority, wish.resource);
      const granted = await act(model, authority, () => model.shares.grant(wish, authority.owner, authority.by));
      return json(granted.created ? 201 : 200, shownShare(model, granted.share, sayIn(request.language)));
    }),
    route('PATCH', '/api/shares/{id}', 'shares:reduce', async (authority, request) => {
      const { version, ...change } = changeIn(await readObject(request));
      const { share, events } = await act(model, authority, () => {
        const before = ownShare(model, authority, request.params.id);
        if (version !== undefined && version !== before.version && !before.ended)
          throw new ModelError('share_changed', 'the share has another version by now');
        if (model.shares.widens(before, change)) mayWiden(model, authority, before);
        return model.shares.change(before.id, change, authority.by);
      });
      return answerWhenKnown(model, events, shownShare(model, share, sayIn(request.language)));
    }),
    route('DELETE', '/api/shares/{id}', 'shares:reduce', async (authority, request) => {
      const { id } = ownShare(model, authority, request.params.id);
      const done = await act(model, authority, () => model.ends.withdraw(id, authority.owner, authority.by));
      if (done === undefined) throw notFound('share');
      return answerWhenKnown(model, done.events, { id, at: done.at, revoked: done.ended });
    }),
  ];
}

const keyOf = (share: ShareRecord) => share.id;

function sentencesAsked({ query }: Request): boolean {
  const asked = query.get('sentences') ?? 'yes';
  if (asked !== 'yes' && asked !== 'no') throw malformed('sentences is "yes" or "no"');
  return asked === 'yes';
}

function ownShare(model: Model, { owner }: Authority, id = ''): ShareRecord {
  const share = model.shares.get(id);
  if (share?.owner !== owner) throw notFound('share');
  return share;
}

function mayWiden(model: Model, authority: Authority, share: ShareRecord): void {
  requireScope(authority, 'shares:grant');
  requireResource(authority, share.resource);
  model.panic.refuse(authority.owner);
}

function wishIn(body: Body) {
  onlyMembers(body, 'resource', 'party', 'scopes', 'conditions');
  const party = asObject(body.party);
  onlyMembers(party, 'kind', 'id');
  const kind = textIn(party, 'kind');
  if (kind !== 'device' && kind !== 'person') throw malformed('party.kind is "device" or "person"');
  const wished: Party = { kind, id: textIn(party, 'id') };
  const conditions = optionalConditionsIn(body) ?? {};
  return { resource: textIn(body, 'resource'), party: wished, scopes: textsIn(body, 'scopes'), conditions };
}

function changeIn(body: Body) {
  onlyMembers(body, 'scopes', 'conditions', 'version');
  const scopes = optionalTextsIn(body, 'scopes');
  const conditions = optionalConditionsIn(body);
  if (scopes === undefined && conditions === undefined) throw malformed('change scopes, conditions or both');
  return {
    ...(scopes === undefined ? {} : { scopes }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(body.version === undefined ? {} : { version: numberIn(body, 'version') }),
  };
}

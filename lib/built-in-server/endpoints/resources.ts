import { randomUUID } from 'node:crypto';
import { empty, json, malformed, Refusal } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { announceEnded, type IssuedTokens } from '../model/issued-tokens.ts';
import type { Model } from '../model/model.ts';
import type { ResourceRecord } from '../model/records.ts';
import type { PresentedTokens, Protection } from '../provider/presented-token.ts';

export interface ProtectionParts {
  issuer: string;
  model: Model;
  presented: PresentedTokens;
  issued: IssuedTokens;
}

/** Resource registration (UMA Federated Authorization 3.2): a gateway keeps what it guards for its owner. */
export function resourceRoutes(parts: ProtectionParts): Route[] {
  const { presented } = parts;
  // F 3.2 writes the endpoint's own address with a slash at its end; many leave it out.
  const whole = ['/resources', '/resources/'].flatMap((path): Route[] => [
    { method: 'POST', path, handle: (request) => create(parts, request) },
    { method: 'GET', path, handle: (request) => list(parts, request) },
  ]);
  return [
    ...whole,
    {
      method: 'GET',
      path: '/resources/{id}',
      handle: (request) => json(200, described(own(parts, request, presented.protection(request)))),
    },
    { method: 'PUT', path: '/resources/{id}', handle: (request) => update(parts, request) },
    { method: 'DELETE', path: '/resources/{id}', handle: (request) => remove(parts, request) },
  ];
}

/** F 3.2.5: the ids, and only those of this gateway. */
function list({ presented, model }: ProtectionParts, request: Request) {
  const { client } = presented.protection(request);
  return json(
    200,
    model.resources.ofGateway(client.clientId).map(({ id }) => id),
  );
}

/** F 3.2.1: 201, `Location` and `_id`. */
async function create({ presented, model, issuer }: ProtectionParts, request: Request) {
  const { client, owner } = presented.protection(request);
  const description = readDescription(await request.json());
  const id = `res_${randomUUID()}`;
  const record = { id, ...description, owner, gateway: client.clientId, createdAt: model.nowSeconds() };
  await model.transaction(() => model.resources.put(record));
  return json(201, { _id: id }, { location: `${issuer}/resources/${id}` });
}

/** F 3.2.3. Where a scope is gone, tokens that may carry it end; it can no longer be granted. */
async function update(parts: ProtectionParts, request: Request) {
  const { presented, model, issued } = parts;
  const protection = presented.protection(request);
  own(parts, request, protection);
  const description = readDescription(await request.json());
  const id = await model.transaction(() => {
    const before = own(parts, request, protection);
    const { owner, gateway, createdAt, inFlow } = before;
    const kept = { owner, gateway, createdAt, ...(inFlow === undefined ? {} : { inFlow }) };
    model.resources.put({ id: before.id, ...description, ...kept });
    if (!before.scopes.every((scope) => description.scopes.includes(scope))) {
      announceEnded(issued.endByResource(before.id), model.nowSeconds(), model.events.add);
    }
    return before.id;
  });
  return json(200, { _id: id });
}

/** F 3.2.4. Its shares, requests and tokens end with it. */
async function remove(parts: ProtectionParts, request: Request) {
  const { presented, model } = parts;
  const protection = presented.protection(request);
  const by = { kind: 'gateway', gateway: protection.client.clientId, owner: protection.owner } as const;
  await model.transaction(() => model.resources.remove(own(parts, request, protection).id, by));
  return empty(204);
}

/** Somebody else's resource is as absent as one that never was. */
function own({ model }: ProtectionParts, request: Request, { client }: Protection): ResourceRecord {
  const record = model.resources.get(request.params.id ?? '');
  if (record?.gateway === client.clientId) return record;
  throw new Refusal(404, 'not_found', 'this gateway has registered no such resource');
}

type Description = Omit<ResourceRecord, 'id' | 'owner' | 'gateway' | 'createdAt' | 'inFlow'>;

const mostScopes = 100;

function readDescription(body: unknown): Description {
  const { resource_scopes: scopes, name, type, description, icon_uri: iconUri } = asObject(body);
  if (!Array.isArray(scopes) || scopes.length === 0 || scopes.length > mostScopes || !scopes.every(isScope)) {
    throw malformed('resource_scopes must be a list of one to a hundred scopes');
  }
  return {
    scopes: [...new Set(scopes)],
    name: shortText('name', name) ?? 'unnamed',
    ...optional('type', shortText('type', type)),
    ...optional('description', shortText('description', description)),
    ...optional('iconUri', webAddress(iconUri)),
  };
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(value);
}

function shortText(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > 500 || /\p{C}/u.test(value)) {
    throw malformed(`${name} must be a text of at most 500 characters`);
  }
  return value;
}

function webAddress(value: unknown): string | undefined {
  const text = shortText('icon_uri', value);
  if (text !== undefined && !/^https?:\/\//i.test(text)) throw malformed('icon_uri must be a web address');
  return text;
}

function optional<Name extends string>(name: Name, value: string | undefined): { [key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: string });
}

function described({ id, name, type, description, iconUri, scopes }: ResourceRecord): object {
  return { _id: id, name, type, description, icon_uri: iconUri, resource_scopes: scopes };
}

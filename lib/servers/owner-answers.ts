/** Reads what the owner API answers. A member that is missing or of another kind is the server's fault, not a guess of ours. */
import { wrongCondition } from '../sharing/conditions.ts';
import type { Conditions, Page, Party, Share, ShareRequest } from '../sharing/share.ts';
import { InvalidResponseError } from '../uma/errors.ts';
import type { Answer } from '../uma/exchange.ts';
import { isJsonObject, isStringArray, isText } from '../uma/json-body.ts';
import { answerOf } from '../uma/server-answer.ts';

/** @throws InvalidResponseError */
export function readShare(answer: Answer): Share {
  return shareIn(answer.json) ?? invalid(answer);
}

/** @throws InvalidResponseError */
export function readShares(answer: Answer): Page<Share> {
  const items = itemsOf(answer).map((item) => shareIn(item) ?? invalid(answer));
  const next = isJsonObject(answer.json) ? answer.json.next : undefined;
  return isText(next) ? { items, next } : { items };
}

/** @throws InvalidResponseError */
export function readRequests(answer: Answer): ShareRequest[] {
  return itemsOf(answer).map((item) => requestIn(item) ?? invalid(answer));
}

function itemsOf(answer: Answer): unknown[] {
  const items = isJsonObject(answer.json) ? answer.json.items : undefined;
  return Array.isArray(items) ? items : invalid(answer);
}

function shareIn(value: unknown): Share | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, version, resource, resourceName, partyName, scopes, owner, lastUsed } = value;
  const party = partyIn(value.party);
  const conditions = conditionsIn(value.conditions);
  if (!isText(id) || typeof version !== 'number' || !isText(resource) || !isText(owner)) return undefined;
  if (!party || !conditions || !isStringArray(scopes) || typeof partyName !== 'string') return undefined;
  const used = typeof lastUsed === 'number' ? { lastUsed } : {};
  const named = isText(resourceName) ? { resourceName } : {};
  return { id, version, resource, ...named, party, partyName, scopes: [...scopes], conditions, owner, ...used };
}

function partyIn(value: unknown): Party | undefined {
  if (!isJsonObject(value)) return undefined;
  const { kind, id } = value;
  return (kind === 'device' || kind === 'person') && isText(id) ? { kind, id } : undefined;
}

/** A condition that is not understood must not get lost: a share would look wider than it is. */
function conditionsIn(value: unknown): Conditions | undefined {
  if (!isJsonObject(value)) return undefined;
  return wrongCondition(value) === undefined ? value : undefined;
}

function requestIn(value: unknown): ShareRequest | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, resource, resourceName, device, deviceName, person, scopes, since } = value;
  if (!isText(id) || !isText(resource) || !isText(device) || !isStringArray(scopes)) return undefined;
  if (typeof resourceName !== 'string' || typeof deviceName !== 'string' || typeof since !== 'number') return undefined;
  const who = isText(person) ? { person } : {};
  return { id, resource, resourceName, device, deviceName, ...who, scopes: [...scopes], since };
}

function invalid(answer: Answer): never {
  throw new InvalidResponseError('the owner API answers with something else', { response: answerOf(answer) });
}

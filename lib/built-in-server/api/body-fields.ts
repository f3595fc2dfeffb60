/** Reading the members of a JSON body, each with its bounds; whatever does not fit is a 400. */
import type { Conditions } from '../../sharing/share.ts';
import { malformed } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';

const LONGEST_TEXT = 1000;
const MOST_SCOPES = 100;

export type Body = Readonly<Record<string, unknown>>;

/** The body as an object; where nothing was sent, an empty one. */
export async function readObject(request: Request): Promise<Body> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return {};
  return asObject(await request.json());
}

export function textIn(body: Body, name: string, longest = LONGEST_TEXT): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '' || value.length > longest) throw malformed(`${name} must be a text`);
  return value;
}

export function optionalTextIn(body: Body, name: string, longest = LONGEST_TEXT): string | undefined {
  return body[name] === undefined ? undefined : textIn(body, name, longest);
}

export function numberIn(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(`${name} must be a number`);
  return value;
}

export function textsIn(body: Body, name: string): string[] {
  const value = body[name];
  const fits = (one: unknown): one is string => typeof one === 'string' && one !== '' && one.length <= LONGEST_TEXT;
  if (!Array.isArray(value) || value.length > MOST_SCOPES || !value.every(fits))
    throw malformed(`${name} must be a list of texts`);
  return value;
}

export function optionalTextsIn(body: Body, name: string): string[] | undefined {
  return body[name] === undefined ? undefined : textsIn(body, name);
}

/** Which conditions there are, and what they mean, is the model's to judge. */
export function optionalConditionsIn(body: Body): Conditions | undefined {
  return body.conditions === undefined ? undefined : (asObject(body.conditions) as Conditions);
}

/** @throws Refusal 400 where the body has a member that means nothing here: it may have been meant to limit something */
export function onlyMembers(body: Body, ...allowed: string[]): void {
  const odd = Object.keys(body).find((name) => !allowed.includes(name));
  if (odd !== undefined) throw malformed(`there is no member ${JSON.stringify(odd.slice(0, 40))} here`);
}

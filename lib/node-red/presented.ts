/** What a message brought to be let through: read from where core's nodes put it, never from what a sender could write. */
import type { Presented } from '../decision/decision.ts';
import type { Host, Message } from './host.ts';
import { evaluateText, type TypedValue } from './typed-value.ts';

export type Carrier = 'automatic' | 'http' | 'properties';

export interface CarriedBy {
  carrier: Carrier;
  /** For `properties`: what the proof was made for. */
  method: TypedValue;
  url: TypedValue;
  acceptBearer: boolean;
}

/** The part of Express' request that is read. `rawHeaders` is Node's: every header as it came, doubles included. */
interface HttpRequest {
  method: string;
  originalUrl: string;
  rawHeaders: string[];
  headers?: Record<string, unknown>;
  socket?: { remoteAddress?: string };
}

function requestOf(msg: Message): HttpRequest | undefined {
  const request = msg.req as Partial<HttpRequest> | undefined | null;
  if (typeof request !== 'object' || request === null) return undefined;
  if (typeof request.method !== 'string' || typeof request.originalUrl !== 'string') return undefined;
  return Array.isArray(request.rawHeaders) ? (request as HttpRequest) : undefined;
}

/** Every value of a header: Node keeps only the first `Authorization`, and joins two `DPoP` into one. */
function valuesOf({ rawHeaders }: HttpRequest, name: string): string[] {
  return rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

function fromHttp(request: HttpRequest): Presented {
  return {
    authorization: valuesOf(request, 'authorization'),
    dpop: valuesOf(request, 'dpop'),
    method: request.method,
    target: request.originalUrl,
    source: request.socket?.remoteAddress ?? 'unknown',
  };
}

function asAuthorization(token: string, proved: boolean, acceptBearer: boolean): string {
  if (/^(DPoP|Bearer)\s/i.test(token)) return token;
  return proved || !acceptBearer ? `DPoP ${token}` : `Bearer ${token}`;
}

/** A whole URL is compared by its path and query here; `decision` compares origins with this Node-RED's addresses. */
function targetOf(url: string | undefined): string {
  if (url === undefined) return '';
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

async function fromProperties(host: Host, msg: Message, carried: CarriedBy): Promise<Presented> {
  const token = typeof msg.token === 'string' ? msg.token.trim() : '';
  const proof = typeof msg.proof === 'string' ? msg.proof.trim() : '';
  return {
    authorization: token === '' ? [] : [asAuthorization(token, proof !== '', carried.acceptBearer)],
    dpop: proof === '' ? [] : [proof],
    method: (await evaluateText(host, msg, carried.method)) ?? '',
    target: targetOf(await evaluateText(host, msg, carried.url)),
    source: 'flow',
  };
}

/** What was presented, and where it lay. */
export interface Found {
  presented: Presented;
  lay: 'http' | 'properties';
}

/** @returns undefined where the message did not come the way that the settings name */
export async function readPresented(host: Host, msg: Message, carried: CarriedBy): Promise<Found | undefined> {
  const request = carried.carrier === 'properties' ? undefined : requestOf(msg);
  if (request) return { presented: fromHttp(request), lay: 'http' };
  if (carried.carrier === 'http') return undefined;
  return { presented: await fromProperties(host, msg, carried), lay: 'properties' };
}

const isCarrier = (name: string | undefined): boolean => /^(authorization|dpop)$/i.test(name ?? '');

/** Takes off what carried the token, so that nothing behind the check can show it or send it on. */
export function takeOffToken(msg: Message, lay: Found['lay']): void {
  if (lay === 'properties') {
    delete msg.token;
    delete msg.proof;
    return;
  }
  const request = requestOf(msg);
  if (!request) return;
  for (const name of Object.keys(request.headers ?? {})) if (isCarrier(name)) delete request.headers?.[name];
  const { rawHeaders } = request;
  request.rawHeaders = rawHeaders.filter((value, index) => !isCarrier(index % 2 === 0 ? value : rawHeaders[index - 1]));
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Language } from '../../sharing/language.ts';
import { languageWished } from './accept-language.ts';
import { parseForm, parseJson, readBody } from './body.ts';
import type { Proxies } from './proxies.ts';

/** One request that has passed the Host guard. */
export interface Request {
  readonly method: string;
  /** Below the server's address, as received, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What stands in the braces of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** What whoever asked reads best. */
  readonly language: Language;
  /** Of the sender, as the last known proxy saw it where one stands between. */
  readonly remoteAddress: string;
  /** Came through a proxy that is known, or through somebody else's port: from whichever computer. */
  readonly forwarded: boolean;
  /** The address as the issuer writes it, whatever Host was sent; without the query. The `htu` of a proof. */
  readonly url: string;
  /** `false`: came by another name of this computer; pages send such visitors to the issuer. */
  readonly canonical: boolean;
  /** Came over the network without TLS: others may have read along. */
  readonly overheard: boolean;
  /** Resolves when the whole body is there; who asks first says how much that may be. @throws Refusal 400, 413, 415 */
  arrived(mostBytes?: number): Promise<void>;
  form(): Promise<Record<string, string>>;
  json(): Promise<unknown>;
  readonly message: IncomingMessage;
}

export interface RequestCircumstances {
  /** Of the server's address. */
  origin: string;
  /** The path that everything of the server is below; empty where that is none. */
  above: string;
  /** The Host guard's finding. */
  canonical: boolean;
  /** Whether the server is there for other computers without TLS. */
  notEncrypted: boolean;
  proxies: Proxies;
  /** Came through somebody else's port, in front of which anything may stand. */
  throughOther: boolean;
}

export function readRequest(message: IncomingMessage, circumstances: RequestCircumstances): Request {
  const { origin, above, canonical, notEncrypted, proxies, throughOther } = circumstances;
  const peer = message.socket.remoteAddress ?? '';
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  let reading: Promise<Buffer> | undefined;
  const body = (mostBytes?: number) => {
    reading ??= readBody(message, mostBytes);
    return reading;
  };
  const received = mark < 0 ? target : target.slice(0, mark);
  return {
    method: message.method ?? 'GET',
    path: pathBelow(above, received),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    params: {},
    headers: message.headers,
    language: languageWished(message.headers['accept-language']),
    remoteAddress: proxies.sender(peer, String(message.headers['x-forwarded-for'] ?? '')),
    forwarded: throughOther || proxies.has(peer),
    url: origin + received,
    canonical,
    overheard: notEncrypted && (throughOther || proxies.has(peer) || !isFromThisComputer(message)),
    arrived: async (mostBytes) => void (await body(mostBytes)),
    form: async () => parseForm(message, await body()),
    json: async () => parseJson(message, await body()),
    message,
  };
}

/** What is not below the server's address is nowhere in it. */
function pathBelow(above: string, received: string): string {
  if (received === above) return '/';
  return received.startsWith(`${above}/`) ? received.slice(above.length) : '';
}

/** What a proxy adds. Believed of none that is not known; but whoever comes with one of them did not come from this computer alone. */
const proxyTraces = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** Whether the caller sits on this computer: a loopback address, and no proxy, known or by its traces, that speaks for others. */
export function fromLoopback({
  remoteAddress,
  headers,
  forwarded,
}: Pick<Request, 'remoteAddress' | 'headers' | 'forwarded'>): boolean {
  if (forwarded) return false;
  const address = remoteAddress.replace(/^::ffff:/, '');
  const direct = !proxyTraces.some((name) => name in headers);
  return direct && (address === '::1' || address.startsWith('127.'));
}

/** As well by this computer's name in the network: what is sent there from here never leaves it. */
export function isFromThisComputer({ headers, socket }: IncomingMessage): boolean {
  const { remoteAddress = '', localAddress = '' } = socket;
  const own = remoteAddress !== '' && remoteAddress === localAddress;
  return fromLoopback({ remoteAddress: own ? '127.0.0.1' : remoteAddress, headers, forwarded: false });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, empty, malformed, Refusal } from './answer.ts';
import { createHostGuard, occurrences } from './host-guard.ts';
import { needsEncryption } from './needs-encryption.ts';
import { createProxies, type Proxies } from './proxies.ts';
import { type Request, readRequest } from './request.ts';
import { createRouter, type Route } from './router.ts';
import { faultAnswer, misdirected, writeAnswer } from './write-answer.ts';

/** Node drops those beyond its own bound without a word, and with them what a browser or a proxy says of who asks. */
const mostHeaders = 64;

/** Headers that decide who asks for what: sent twice, nobody can say which one counts. */
const onlyOnce = ['authorization', 'dpop', 'content-type', 'content-length', 'content-encoding', 'origin', 'cookie'];

export interface DispatchParts {
  issuer: string;
  routes: readonly Route[];
  log(line: string): void;
  /** Tells browsers to come over TLS alone from now on (RFC 6797). */
  onlyEncrypted?: boolean;
  /** Other computers come without TLS: they get what may be overheard. */
  notEncrypted?: boolean;
  /** Those in front of the server, if any. */
  proxies?: Proxies;
  /** TLS ends at them, so whoever comes around them is not answered. */
  onlyThroughProxies?: boolean;
}

/** From a message to its answer: Host guard, then routes, then whatever a handler answered or threw. */
export function createDispatch({
  issuer,
  routes,
  log,
  onlyEncrypted = false,
  notEncrypted = false,
  proxies = createProxies([]),
  onlyThroughProxies = false,
}: DispatchParts): (message: IncomingMessage, response: ServerResponse) => void {
  const guard = createHostGuard(issuer);
  const origin = new URL(issuer).origin;
  const find = createRouter(routes);
  const answer = async (message: IncomingMessage): Promise<Answer> => {
    const finding = guard(message);
    if (finding === 'foreign') return misdirected;
    if (onlyThroughProxies && !proxies.has(message.socket.remoteAddress ?? '')) return misdirected;
    if (message.rawHeaders.length > 2 * mostHeaders) throw tooManyHeaders();
    const repeated = onlyOnce.find((name) => occurrences(message, name) > 1);
    if (repeated) throw malformed(`the header ${repeated} was sent twice`);
    const request = readRequest(message, { origin, canonical: finding === 'issuer', notEncrypted, proxies });
    const { route, params } = find(request);
    if (request.overheard && !route.overhearable) return needsEncryption(request, route);
    if (route.page && !request.canonical) return toIssuer(issuer, message);
    // Whoever asks is looked at once all of the request is there: what was allowed while the body still dribbled in may
    // have been taken back since. What is wrong with the body is said by whoever reads it.
    if (request.method !== 'GET') await request.arrived().catch(() => {});
    return route.handle({ ...request, params } satisfies Request);
  };
  return (message, response) => {
    response.on('error', () => message.destroy());
    if (onlyEncrypted) response.setHeader('strict-transport-security', 'max-age=31536000');
    answer(message)
      .catch((fault: unknown) => faultAnswer(fault, log))
      .then((given) => writeAnswer(response, given))
      .catch(() => response.destroy());
  };
}

/** RFC 6585 5 */
function tooManyHeaders(): Refusal {
  return new Refusal(431, 'invalid_request', `more than ${mostHeaders} header fields`, { connection: 'close' });
}

/** A page is bookmarked, keeps cookies and is compared with a printed address: one name only. */
function toIssuer(issuer: string, message: IncomingMessage): Answer {
  return empty(message.method === 'GET' ? 302 : 421, { location: issuer + (message.url ?? '/') });
}

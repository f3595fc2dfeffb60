import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { say } from '../../sharing/say.ts';
import { type Answer, empty, malformed, Refusal } from './answer.ts';
import { createHostGuard, type HostFinding, occurrences } from './host-guard.ts';
import { needsEncryption } from './needs-encryption.ts';
import { createProxies, type Proxies } from './proxies.ts';
import { isFromThisComputer, type Request, readRequest } from './request.ts';
import { createRouter, type Route } from './router.ts';
import { faultAnswer, misdirected, writeAnswer } from './write-answer.ts';

/** Node drops those beyond its own bound without a word, and with them what a browser or a proxy says of who asks. */
const mostHeaders = 64;

/** Headers that decide who asks for what: sent twice, nobody can say which one counts. */
const onlyOnce = ['authorization', 'dpop', 'content-type', 'content-length', 'content-encoding', 'origin', 'cookie'];

export type Handle = (message: IncomingMessage, response: ServerResponse) => void;

export interface DispatchParts {
  /** What stands at the beginning of all its addresses, without a slash at the end. */
  address: string;
  routes: readonly Route[];
  log(line: string): void;
  /** Tells browsers to come over TLS alone from now on (RFC 6797). */
  onlyEncrypted?: boolean;
  /** Other computers come without TLS: they get what may be overheard. */
  notEncrypted?: boolean;
  /** Those in front of the server, if any. */
  proxies?: Proxies;
  /** TLS ends at them, so whoever comes around them, and speaks none, is not answered. */
  onlyThroughProxies?: boolean;
  /** What comes is for somebody else's port: from whichever computer, whatever stands in front of that. */
  throughOther?: boolean;
  /** Whoever comes from another computer is not answered. */
  onlyFromHere?: boolean;
  /** Gets what is for another address; without it such a message is misdirected. */
  otherwise?: Handle;
}

/** From a message to its answer: Host guard, then routes, then whatever a handler answered or threw. */
export function createDispatch(parts: DispatchParts): Handle {
  const { address, log, onlyEncrypted = false, notEncrypted = false, throughOther = false, otherwise } = parts;
  const proxies = parts.proxies ?? createProxies([]);
  const { origin, pathname } = new URL(address);
  const above = pathname.replace(/\/$/, '');
  const guard = createHostGuard(address);
  const cameRight = createWayGuard({ ...parts, proxies });
  const find = createRouter(parts.routes);
  const answer = async (message: IncomingMessage, finding: HostFinding): Promise<Answer> => {
    if (finding === 'foreign' || !cameRight(message)) return misdirected;
    if (message.rawHeaders.length > 2 * mostHeaders) throw tooManyHeaders();
    const repeated = onlyOnce.find((name) => occurrences(message, name) > 1);
    if (repeated) throw malformed(`the header ${repeated} was sent twice`);
    const request = readRequest(message, {
      ...{ origin, above, canonical: finding === 'own', notEncrypted, proxies, throughOther },
    });
    const { route, params } = find(request);
    if (request.overheard && !route.overhearable) return needsEncryption(request, route);
    if (route.page && !request.canonical) return toAddress(address, message);
    // Whoever asks is looked at once all of the request is there: what was allowed while the body still dribbled in may
    // have been taken back since. What is wrong with the body is said by whoever reads it.
    if (request.method !== 'GET') await request.arrived(route.mostBytes?.(request)).catch(() => {});
    return route.handle({ ...request, params } satisfies Request);
  };
  return (message, response) => {
    const finding = guard(message);
    if (finding === 'foreign' && otherwise) return otherwise(message, response);
    response.on('error', () => message.destroy());
    if (onlyEncrypted) response.setHeader('strict-transport-security', 'max-age=31536000');
    answer(message, finding)
      .catch((fault: unknown) => faultAnswer(fault, log))
      .then((given) => writeAnswer(response, given))
      .catch(() => response.destroy());
  };
}

type WayParts = Pick<DispatchParts, 'onlyThroughProxies' | 'onlyFromHere' | 'log' | 'address'> & { proxies: Proxies };

/** Whether a message came the way that it has to, over TLS where that is promised. The first that did not is told of. */
function createWayGuard(parts: WayParts): (message: IncomingMessage) => boolean {
  const { proxies, onlyThroughProxies = false, onlyFromHere = false, log, address } = parts;
  let told = false;
  return (message) => {
    if (onlyFromHere && !isFromThisComputer(message)) return false;
    const { remoteAddress = '', encrypted = false } = message.socket as Partial<TLSSocket>;
    if (!onlyThroughProxies || encrypted || proxies.has(remoteAddress)) return true;
    if (!told) log(say({ key: 'log.around_proxy', values: { issuer: address, from: remoteAddress } }));
    told = true;
    return false;
  };
}

/** RFC 6585 5 */
function tooManyHeaders(): Refusal {
  return new Refusal(431, 'invalid_request', `more than ${mostHeaders} header fields`, { connection: 'close' });
}

/** A page is bookmarked, keeps cookies and is compared with a printed address: one name only. */
function toAddress(address: string, message: IncomingMessage): Answer {
  return empty(message.method === 'GET' ? 302 : 421, { location: address + (message.url ?? '/') });
}

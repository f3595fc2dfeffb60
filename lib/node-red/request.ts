/** uma-request: get permission and go, by calling the URL itself or by headers for core's `http request`. */
import type { Gateway, HttpAnswer, NotAllowed } from '../gateway/gateway.ts';
import { marked } from './answer-mark.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { connectionOf } from './config-nodes.ts';
import type { Arrival, Ending, Host, Message } from './host.ts';
import { withDeadline } from './message-deadline.ts';
import { notAllowed, notSetUp } from './not-allowed.ts';
import { type OutgoingFetch, outgoingFetch } from './outgoing-fetch.ts';
import { outgoing, readBody } from './request-body.ts';
import { answerChallenge, proveHeaders } from './request-headers.ts';
import {
  callWish,
  type RequestConfig,
  type RequestSettings,
  readRequestSettings,
  requestServers,
} from './request-settings.ts';
import { allowedUma, named, passOf } from './request-words.ts';

/** How long a message waits for a gateway that is still opening, as after a start of Node-RED. */
const OPENS_WITHIN_MS = 10_000;

export interface Requester {
  settings: RequestSettings;
  attempts: Attempts;
  /** Where the node names a TLS configuration or a proxy. */
  outgoing?: OutgoingFetch;
}

/** What a uma-request node keeps while it lives; all of it ends with the node. */
export function createRequester({ red, node }: Host, config: RequestConfig): Requester {
  const settings = readRequestSettings(config);
  const attempts = createAttempts(node.id, Date.now);
  const ownWay = settings.sendAs === 'call' ? outgoingFetch(red, config.tls, config.proxy) : undefined;
  node.on('close', () => {
    attempts.clear();
    ownWay?.close();
  });
  return { settings, attempts, ...(ownWay && { outgoing: ownWay }) };
}

function answer(host: Host, msg: Message, found: HttpAnswer, settings: RequestSettings, uma: object) {
  const body = readBody(found.body, found.statusCode, settings.ret);
  if (body === undefined) host.node.warn(host.words({ key: 'hint.not_json' }));
  Object.assign(msg, {
    statusCode: found.statusCode,
    headers: marked(found.headers),
    responseUrl: found.responseUrl,
    payload: body ?? found.body.toString('utf8'),
    redirectList: [],
  });
  return { output: 1 as const, uma };
}

async function call(host: Host, msg: Message, requester: Requester, gateway: Gateway): Promise<Ending> {
  const { settings } = requester;
  const wish = await callWish(host, msg, settings);
  const fetch = await requester.outgoing?.fetch();
  const options = { ...outgoing(msg, wish.method), ...(fetch && { fetch }) };
  const shown = host.passes.note(passOf(gateway, wish));
  const found: HttpAnswer | NotAllowed = await withDeadline(host, msg, (signal) =>
    gateway.call(wish, { ...options, signal }),
  );
  if (found.outcome !== 'answered') return notAllowed(host, found, named(gateway, wish));
  return { ...answer(host, msg, found, settings, allowedUma(host, gateway, wish)), phrase: shown() };
}

/** One message of uma-request. */
export async function request(host: Host, arrival: Arrival, requester: Requester): Promise<Ending> {
  const { settings, attempts } = requester;
  const connection = connectionOf(host.red, requestServers(host, settings));
  const waits = notSetUp(host, connection.standing());
  if (waits) return waits;
  host.light.show('working');
  const gateway = await connection.opened(OPENS_WITHIN_MS);
  const opened = notSetUp(host, gateway.standing());
  if (opened) return opened;
  const { msg } = arrival;
  if (settings.sendAs === 'call') return call(host, msg, requester, gateway);
  const { attempt } = (msg.uma ?? {}) as { attempt?: unknown };
  return withDeadline(host, msg, async (signal) => {
    const context = { host, msg, gateway, attempts, signal };
    if (attempts.owns(attempt)) return answerChallenge(context, attempt);
    return proveHeaders(context, await callWish(host, msg, settings));
  });
}

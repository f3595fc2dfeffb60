/** `GET /events`: what a gateway must know at once, as server-sent events, numbered and replayed from the last number. */
import type { ServerResponse } from 'node:http';
import { empty, malformed, takeOver } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { EventRecord } from '../model/records.ts';
import type { PresentedTokens } from '../provider/presented-token.ts';

export interface EventParts {
  model: Pick<Model, 'events' | 'forgotten' | 'gateways' | 'news' | 'panic' | 'nowSeconds' | 'transaction'>;
  presented: PresentedTokens;
}

export interface EventEndpoint {
  routes: Route[];
  /** Ends every stream. */
  close(): void;
}

const EPOCH = 'event-epoch';
const heartbeatMs = 5_000;
const mostStreamsPerGateway = 4;
/** A gateway that reads nothing is cut off; it comes back and is told what it missed. */
const mostUnreadBytes = 1024 * 1024;

export function createEventEndpoint({ model, presented }: EventParts): EventEndpoint {
  const streams = new Map<string, Set<ServerResponse>>();
  const follow = async (request: Request) => {
    const { client, owner } = presented.protection(request);
    const gateway = client.clientId;
    const heard = { after: lastNumber(request) ?? model.events.latest(), epoch: epochOf(request) };
    // Before it is told of the gap, after which it tells of that past no more.
    if (model.events.isOtherPast(heard.after, heard.epoch))
      await model.transaction(() => model.forgotten.note(gateway));
    return takeOver((response) => {
      const own = streams.get(gateway) ?? new Set();
      const [oldest] = own;
      if (oldest && own.size >= mostStreamsPerGateway) oldest.end();
      streams.set(gateway, own.add(response));
      response.once('close', () => {
        own.delete(response);
        if (own.size === 0 && streams.get(gateway) === own) streams.delete(gateway);
      });
      writeStream(model, { gateway, owner, ...heard }, response);
    });
  };
  return {
    routes: [
      { method: 'GET', path: '/events', handle: follow },
      {
        method: 'POST',
        path: '/events/ack',
        async handle(request) {
          const { client } = presented.protection(request);
          const { number } = asObject(await request.json());
          if (!Number.isSafeInteger(number)) throw malformed('number is that of the last event acted upon');
          model.events.acknowledge(client.clientId, Number(number));
          return empty(204);
        },
      },
    ],
    close() {
      for (const own of streams.values()) for (const response of own) response.end();
    },
  };
}

function lastNumber({ headers }: Request): number | undefined {
  const sent = headers['last-event-id'];
  if (sent === undefined) return undefined;
  if (typeof sent !== 'string' || !/^\d{1,15}$/.test(sent)) throw malformed('Last-Event-ID is a number');
  return Number(sent);
}

/** The same numbers are given anew after a backup was put back: the epoch says whose numbers they were. */
function epochOf({ headers }: Request): string | undefined {
  const sent = headers[EPOCH];
  if (sent === undefined) return undefined;
  if (typeof sent !== 'string' || !/^[\w-]{1,100}$/.test(sent)) throw malformed(`${EPOCH} is what this server sent`);
  return sent;
}

interface Listener {
  gateway: string;
  owner: string;
  /** The last number it has heard. */
  after: number;
  /** In which it heard that. */
  epoch: string | undefined;
}

function writeStream(model: EventParts['model'], listener: Listener, response: ServerResponse): void {
  const { gateway, owner, after } = listener;
  const epoch = model.events.epoch();
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // A reverse proxy may gather an answer until it is worth sending; of nginx it can be asked not to.
    'x-accel-buffering': 'no',
    ...(epoch !== undefined && { [EPOCH]: epoch }),
  });
  const gap = model.events.gapAfter(after, listener.epoch);
  let sent = gap ?? after;
  const write = (chunk: string) => {
    if (response.writableLength > mostUnreadBytes) response.destroy();
    else response.write(chunk);
  };
  const tell = (number: number, change: object) =>
    write(`id: ${number}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`);
  const send = ({ number, change }: EventRecord) => {
    if (number <= sent) return;
    sent = number;
    tell(number, change);
  };
  const beat = () => {
    // The token opened the stream; an owner who stops the gateway closes it.
    if (model.gateways.get(gateway)?.owner === undefined) response.end();
    else write(': alive\n\n');
  };
  const unsubscribe = model.events.subscribe(gateway, send);
  model.news.note(owner, 'gateways');
  const timer = setInterval(beat, heartbeatMs);
  response.once('close', () => {
    clearInterval(timer);
    unsubscribe();
    model.news.note(owner, 'gateways');
  });
  // A sign of life says that there is nothing older left to hear: what was missed goes first.
  if (gap !== undefined) tell(gap, gapTold(model, listener));
  for (const event of model.events.since(sent, gateway)) send(event);
  beat();
}

/** A panic that only a lost past knew of is not over because of that: only its owner ends one. */
function gapTold(model: EventParts['model'], { owner, after, epoch }: Listener): object {
  const restored = model.events.isOtherPast(after, epoch) && { restored: true };
  return { type: 'gap', at: model.nowSeconds(), owner, panic: model.panic.active(owner), ...restored };
}

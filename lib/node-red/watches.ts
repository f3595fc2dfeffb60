/** Nodes without an input that tell of what happens: a deploy neither ends what they listen to, nor lets them hear it twice. */
import type { Gateway } from '../gateway/gateway.ts';
import { codeOf, hintOf, NodeError } from './flow-error.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import type { Host } from './host.ts';
import { createMailboxes } from './mailboxes.ts';
import { phraseOfError } from './status.ts';

export interface Watching<News> {
  connection: GatewayConnection;
  /** Begins to listen; what it returns ends that. */
  subscribe(gateway: Gateway, tell: (news: News) => void): () => void;
  /** Sends what is told. */
  leave(gateway: Gateway, news: News): void;
}

export interface Watches<News> {
  /** What a node that watches has to do once. */
  open(host: Host, watching: Watching<News>): void;
}

interface Subscription {
  gateway: Gateway;
  stop(): void;
}

/** Call once for a type of nodes. */
export function keepWatches<News>(): Watches<News> {
  const subscriptions = new Map<string, Subscription>();
  const boxes = createMailboxes<{ gateway: Gateway; news: News }>((id) => {
    subscriptions.get(id)?.stop();
    subscriptions.delete(id);
  });

  return {
    open(host, { connection, subscribe, leave }) {
      const { id } = host.node;
      boxes.open(host.node, ({ gateway, news }) => leave(gateway, news));
      const listen = (gateway: Gateway): (() => void) => {
        const known = subscriptions.get(id);
        if (known?.gateway !== gateway) {
          known?.stop();
          const stop = subscribe(gateway, (news) => boxes.post(id, { gateway, news }));
          subscriptions.set(id, { gateway, stop });
        }
        // It outlives the node for as long as another of its id may come.
        return () => {};
      };
      host.node.on('close', connection.hold(listen));
    },
  };
}

/** What keeps a node from watching: there is no message that it could leave with, so one is made for a Catch. */
export function complain(host: Host, error: unknown): void {
  const hint = host.words(hintOf(error));
  host.light.show(phraseOfError(error));
  host.node.error(new NodeError(codeOf(error), hint, error), { _msgid: host.red.util.generateId(), uma: { hint } });
}

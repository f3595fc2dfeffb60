/** The kinds of things of an owner's that may have changed, as `GET /api/events` names them. */
export type NewsTopic =
  | 'home'
  | 'requests'
  | 'shares'
  | 'devices'
  | 'resources'
  | 'gateways'
  | 'people'
  | 'sessions'
  | 'history'
  | 'receipts';

/**
 * That something of an owner's changed, never what: whoever hears it asks anew, with an authority of their own. In memory,
 * and told from within the transaction: what is told may yet be taken back, and then nothing has changed.
 */
export interface OwnerNews {
  /** @param owner - without one, it concerns every owner */
  note(owner: string | undefined, topic: NewsTopic): void;
  /** @returns ends the subscription */
  subscribe(owner: string, listener: (topic: NewsTopic) => void): () => void;
}

export function createOwnerNews(): OwnerNews {
  const listeners = new Map<string, Set<(topic: NewsTopic) => void>>();
  const tell = (owner: string, topic: NewsTopic) => {
    for (const listener of [...(listeners.get(owner) ?? [])]) listener(topic);
  };
  return {
    note(owner, topic) {
      if (listeners.size === 0) return;
      if (owner !== undefined) tell(owner, topic);
      else for (const each of [...listeners.keys()]) tell(each, topic);
    },
    subscribe(owner, listener) {
      const own = listeners.get(owner) ?? new Set();
      listeners.set(owner, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(owner) === own) listeners.delete(owner);
      };
    },
  };
}

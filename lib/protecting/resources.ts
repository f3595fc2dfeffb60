import type { GatewayStore } from '../store/gateway-store.ts';
import { createRegistration, type Registration, type RegistrationPorts } from './registration.ts';
import { openResourceBook, type ResourceWish } from './resource-record.ts';

/** The resources of this gateway, kept registered at the server (F 3) while a flow holds them. */
export interface Resources {
  /**
   * Keeps a resource registered until released; tries again, ever more slowly, until the server takes it. Held twice, the
   * later description counts. Releasing removes nothing: the owner does that.
   */
  hold(wish: ResourceWish): () => void;
  /** The server's id of a resource named by its key or by that id; undefined while the server does not know it. */
  id(keyOrId: string): string | undefined;
  /** The same, once a registration that is under way has ended one way or the other. */
  idOnceSettled(keyOrId: string): string | Promise<string | undefined>;
  /** Settles when the held resource is registered as described, or cannot be just now. */
  registered(key: string): Promise<string>;
  /** The server has no such resource any more: it gets it again, under a new id. */
  gone(id: string): void;
  /** The server can be reached again: whatever waits is tried at once. */
  retry(): void;
  isHeld(keyOrId: string): boolean;
  list(): { key: string; id?: string; name: string; scopes: string[] }[];
  close(): void;
}

export interface ResourcesPorts extends RegistrationPorts {
  store: GatewayStore;
  /** Ids of another issuer are not this server's. */
  issuer: string;
}

/** No flow holds a resource of this name. */
export class UnknownResourceError extends Error {
  readonly code = 'unknown_resource';
  readonly hint: { key: string; values: { resource: string } };

  constructor(key: string) {
    super(`No resource "${key}" is kept here`);
    this.name = 'UnknownResourceError';
    this.hint = { key: 'hint.unknown_resource', values: { resource: key } };
  }
}

export function createResources(ports: ResourcesPorts): Resources {
  const book = openResourceBook(ports.store, ports.issuer);
  const held = new Map<string, Registration>();

  const id = (keyOrId: string): string | undefined => (book.ofKey(keyOrId) ?? book.ofId(keyOrId))?.id;

  function release(key: string, registration: Registration): void {
    if (registration.release() > 0) return;
    // One that is still under way stays known, so that a deploy does not register it a second time beside it.
    void registration.idle().then(() => {
      if (registration.holds() === 0 && held.get(key) === registration) held.delete(key);
    });
  }

  return {
    hold(wish) {
      const registration = held.get(wish.key) ?? createRegistration(ports, book, wish);
      held.set(wish.key, registration);
      registration.hold(wish);
      let released = false;
      return () => {
        if (!released) release(wish.key, registration);
        released = true;
      };
    },
    id,
    idOnceSettled: (keyOrId) => id(keyOrId) ?? Promise.resolve(held.get(keyOrId)?.idle()).then(() => id(keyOrId)),
    async registered(key) {
      const registration = held.get(key);
      if (!registration) throw new UnknownResourceError(key);
      return registration.settle();
    },
    gone(gone) {
      const key = book.ofId(gone)?.key;
      if (key === undefined) return;
      book.strike(key);
      held.get(key)?.again();
    },
    retry() {
      for (const registration of held.values()) registration.again();
    },
    isHeld: (keyOrId) => held.has(keyOrId) || held.has(book.ofId(keyOrId)?.key ?? ''),
    list() {
      const known = book.all().map(({ key, id, name, scopes }) => ({ key, id, name, scopes }));
      const waiting = [...held.values()].map((registration) => registration.wish());
      const unknown = waiting.filter(({ key }) => !book.ofKey(key));
      return [...known, ...unknown.map(({ key, name, scopes }) => ({ key, name, scopes }))];
    },
    close() {
      for (const registration of held.values()) registration.close();
      held.clear();
    },
  };
}

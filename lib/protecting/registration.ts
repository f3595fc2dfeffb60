import type { ResourceServerRole } from '../servers/authorization-server.ts';
import { ResourceNotFoundError } from '../uma/errors.ts';
import { fingerprintOf, type ResourceBook, type ResourceWish } from './resource-record.ts';
import { createRetry, type RetryPorts } from './retry.ts';

/** One resource on its way to the server, and how many hold it. One request under way at a time. */
export interface Registration {
  wish(): ResourceWish;
  holds(): number;
  hold(wish: ResourceWish): void;
  /** @returns how many hold it still */
  release(): number;
  /** Settles when the server has it as described last; rejects when it cannot be just now. */
  settle(): Promise<string>;
  /** Tries at once, in the background. */
  again(): void;
  /** Resolves when nothing is under way, whether or not the server has it then. */
  idle(): Promise<void>;
  close(): void;
}

export interface RegistrationPorts extends RetryPorts {
  role: Pick<ResourceServerRole, 'keep'>;
  /** Told of every failed try. */
  failed?(key: string, error: unknown): void;
}

export function createRegistration(ports: RegistrationPorts, book: ResourceBook, first: ResourceWish): Registration {
  let wish = first;
  let holds = 0;
  let running: Promise<string> | undefined;
  /** A failure has been told of, and is tried again. */
  const again = () => void settle().catch(() => {});
  const retry = createRetry(ports, again);

  /** A description that changes meanwhile is registered after it. */
  async function register(): Promise<string> {
    const described = wish;
    const known = book.ofKey(described.key);
    if (known?.fingerprint === fingerprintOf(described)) return known.id;
    await book.enter(described, await keep(ports.role, described, known?.id));
    return register();
  }

  async function tryOnce(): Promise<string> {
    try {
      const id = await register();
      retry.reset();
      return id;
    } catch (error) {
      ports.failed?.(wish.key, error);
      if (holds > 0) retry.later();
      throw error;
    } finally {
      running = undefined;
    }
  }

  function settle(): Promise<string> {
    running ??= Promise.resolve().then(tryOnce);
    return running;
  }

  function close(): void {
    holds = 0;
    retry.reset();
  }

  return {
    wish: () => wish,
    holds: () => holds,
    hold(described) {
      wish = described;
      holds += 1;
      again();
    },
    release() {
      holds -= 1;
      if (holds === 0) close();
      return holds;
    },
    settle,
    again,
    idle: async () => void (await running?.catch(() => {})),
    close,
  };
}

/** F 3.2.3, and F 3.2.1 where the server has lost it. */
async function keep(role: RegistrationPorts['role'], wish: ResourceWish, id: string | undefined): Promise<string> {
  if (id === undefined) return role.keep({ ...wish });
  try {
    return await role.keep({ ...wish, id });
  } catch (error) {
    if (error instanceof ResourceNotFoundError) return role.keep({ ...wish });
    throw error;
  }
}

import { join } from 'node:path';
import { startBuiltIn } from '../servers/built-in.ts';
import type { Counted } from './counted.ts';
import type { GatewaySettings } from './gateway.ts';

/** Where the authorization server is, and whether it is ours to stop. */
export interface ServerPlace {
  issuer: string;
  /** RFC 7638 thumbprint of its signing key, where its word needs nobody else's: it runs in this process. */
  signingKey?: string;
  /** Only a server in this process tells it: it makes an owner of whoever has it. */
  setUpLink(): string | undefined;
  close(): Promise<void>;
}

/** The built-in servers of this process, each shared by every connection of its userDir. */
export type ServerPlaces = Counted<ServerPlace>;

/**
 * One userDir has one built-in server: it runs where the first connection wanted it.
 *
 * @throws ServerStartError `port_in_use`, …; StoreError
 */
export async function findServer(
  { server, userDir, owner, storeKey, log }: GatewaySettings,
  places: ServerPlaces,
): Promise<ServerPlace> {
  if (server.kind === 'built-in-at') return { issuer: server.url, setUpLink: () => undefined, close: async () => {} };
  const uma = join(userDir, 'uma');
  const dir = join(uma, 'server');
  const { value, giveBack } = await places.take(dir, () =>
    startBuiltIn({ dir, keyDir: uma, port: server.port, log, ...keyGiven(storeKey), ...(owner && { owner }) }),
  );
  return { ...value, close: giveBack };
}

/** Both stores are opened with the same key: the one that was given, or the file beside them. */
export function keyGiven(storeKey: string | undefined): { env?: { UMA_STORE_KEY: string } } {
  return storeKey === undefined ? {} : { env: { UMA_STORE_KEY: storeKey } };
}

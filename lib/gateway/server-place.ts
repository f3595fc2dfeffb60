import { join } from 'node:path';
import { startBuiltIn } from '../servers/built-in.ts';
import type { GatewaySettings } from './gateway.ts';

/** Where the authorization server is, and whether it is ours to stop. */
export interface ServerPlace {
  issuer: string;
  /** Only a server in this process tells it: it makes an owner of whoever has it. */
  setUpLink(): string | undefined;
  close(): Promise<void>;
}

/** @throws ServerStartError `port_in_use`, …; StoreError */
export async function findServer({ server, userDir, owner, log }: GatewaySettings): Promise<ServerPlace> {
  if (server.kind === 'built-in-at') return { issuer: server.url, setUpLink: () => undefined, close: async () => {} };
  const uma = join(userDir, 'uma');
  return startBuiltIn({ dir: join(uma, 'server'), keyDir: uma, port: server.port, log, ...(owner && { owner }) });
}

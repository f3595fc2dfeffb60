import { join } from 'node:path';
import { startBuiltIn } from '../servers/built-in.ts';
import { say } from '../sharing/say.ts';
import type { OwnWay } from '../transport/own-way.ts';
import type { Counted } from './counted.ts';
import type { GatewaySettings, HomeReach, OwnPortReach } from './gateway.ts';

/** Where the authorization server is, and whether it is ours to stop. */
export interface ServerPlace {
  issuer: string;
  /** Where the owner's pages and the owner API are. */
  pages: string;
  /** RFC 7638 thumbprint of its signing key, where its word needs nobody else's: it runs in this process. */
  signingKey?: string;
  /** Where it listens, in this process. */
  port?: number;
  /** Other computers come to it without TLS. */
  notEncrypted?: boolean;
  /** What it shows over TLS now. */
  certificate?(): { fingerprint: string; made: boolean };
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
export async function findServer(settings: GatewaySettings, places: ServerPlaces): Promise<ServerPlace> {
  const { server, userDir, owner, storeKey, log } = settings;
  if (server.kind === 'built-in-at') {
    const { url } = server;
    return { issuer: url, pages: url, setUpLink: () => undefined, close: async () => {} };
  }
  const uma = join(userDir, 'uma');
  const dir = join(uma, 'server');
  const { port, reach } = server;
  const listening = { port, ...(reach && reachedAt(reach, port, settings)) };
  const { value, giveBack } = await places.take(dir, async () => {
    const started = await startBuiltIn({
      dir,
      keyDir: uma,
      log,
      ...listening,
      ...keyGiven(storeKey),
      ...(owner && { owner }),
    });
    const shown = started.certificate?.();
    if (shown?.made)
      log(
        say(
          { key: 'log.certificate_made', values: { issuer: started.issuer, fingerprint: shown.fingerprint } },
          settings.language,
        ),
      );
    if (started.pages !== started.issuer)
      log(say({ key: 'log.own_port', values: { issuer: started.issuer, pages: started.pages } }, settings.language));
    if (started.notEncrypted)
      log(say({ key: 'log.not_encrypted', values: { issuer: started.issuer } }, settings.language));
    return started;
  });
  return { ...value, close: giveBack };
}

function reachedAt(reach: HomeReach | OwnPortReach, port: number, settings: GatewaySettings) {
  return 'issuer' in reach ? throughOwnPort(reach, settings) : atHome(reach, port, settings);
}

function throughOwnPort({ issuer, proxies, notEncrypted, fromContainer }: OwnPortReach, { ownPort }: GatewaySettings) {
  if (ownPort === undefined) throw new Error('Node-RED has no port of its own');
  return {
    ...{ issuer, otherPort: ownPort },
    ...(notEncrypted && { notEncrypted }),
    ...(proxies.length > 0 && { proxies }),
    ...(fromContainer && { host: 'every' }),
  };
}

function atHome(reach: HomeReach, port: number, { ownCertificate: read }: GatewaySettings) {
  const { host } = reach;
  if ('notEncrypted' in reach)
    return { host: 'every', issuer: new URL(`http://${host}:${port}`).origin, notEncrypted: true };
  const { certificate } = reach;
  const none = () => Promise.reject(new Error('Node-RED has no certificate'));
  return {
    host: 'every',
    issuer: new URL(`https://${host}:${port}`).origin,
    certificate: certificate.from === 'settings' ? { ...certificate, read: read ?? none } : certificate,
  };
}

/**
 * The gateway's way to a server of this process: over loopback, whatever the network makes of the server's name, and to
 * the certificate that this very server shows now. Always to the server's own port: whatever stands in front of another
 * one, or came before it there, is not asked.
 */
export function ownWayTo({ issuer, pages, port, certificate, notEncrypted }: ServerPlace): OwnWay | undefined {
  if (port === undefined) return undefined;
  const to = { host: '127.0.0.1', port };
  if (pages !== issuer) return { origin: new URL(issuer).origin, to, plain: true };
  if (!(certificate || notEncrypted)) return undefined;
  const knows: OwnWay['knows'] = ({ fingerprint }) => fingerprint === certificate?.().fingerprint;
  return { origin: issuer, to, knows };
}

/** Both stores are opened with the same key: the one that was given, or the file beside them. */
export function keyGiven(storeKey: string | undefined): { env?: { UMA_STORE_KEY: string } } {
  return storeKey === undefined ? {} : { env: { UMA_STORE_KEY: storeKey } };
}

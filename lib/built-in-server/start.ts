/** The built-in authorization server: the only file of this room that others name, and by `import()` only. */
import type { GatewayStore } from '../store/gateway-store.ts';
import { openStore } from '../store/open-store.ts';
import { type DoorParts, openDoors } from './doors.ts';
import { ServerStartError } from './errors.ts';
import { makeFirstOwner } from './first-owner.ts';
import type { Handle } from './http/dispatch.ts';
import { hostNames } from './http/host-guard.ts';
import { type Listener, listen } from './http/listener.ts';
import type { OtherPort } from './http/other-port.ts';
import { createProxies } from './http/proxies.ts';
import { checkIssuer, isOverheard, refuseSamePort, refuseUnasked, staysEncrypted, usualIssuer } from './issuer.ts';
import { createModel } from './model/model.ts';
import { noteAddress } from './new-address.ts';
import { openCredentials } from './provider/issued-tokens.ts';
import { createRoutes } from './routes.ts';
import { type CertificateSource, type HeldCertificate, holdCertificate } from './tls/held-certificate.ts';

export interface BuiltInServerOptions {
  /** The server's own directory, one process each. */
  dir: string;
  /** Where the key file lies or shall lie; see `openStore`. */
  keyDir: string;
  /** Holds `UMA_STORE_KEY`, if any; by default the process's own. */
  env?: { UMA_STORE_KEY?: string };
  /** 0: a free one. */
  port: number;
  /** 127.0.0.1 by default, and then ::1 too where this computer has it; `every`: all addresses of this computer. */
  host?: string;
  /** The one name of this server, without a path; by default that of the address it listens on. */
  issuer?: string;
  /**
   * Where the issuer is, if not on the port that this server listens on: then with a path, for programs alone. The owner's
   * pages and the owner API stay on the server's own port, by the name of this computer.
   */
  otherPort?: OtherPort;
  /** Listens over TLS with it; the issuer is then an https address. */
  certificate?: CertificateSource;
  /** Is there for other computers without TLS: for devices, and for nothing that a password or a token opens. */
  notEncrypted?: boolean;
  /**
   * Addresses or networks of the reverse proxies in front of it. With an https issuer and no certificate TLS ends there,
   * and by default on this computer.
   */
  proxies?: readonly string[];
  /** How often it is looked at whether the certificate is another one now; a minute by default. */
  certificateCheckMs?: number;
  /** Made while there is no owner; never changed. */
  owner?: { name: string; password: string };
  /** On unless `false`. */
  rateLimits?: boolean;
  /** Lets the set-up link give an owner a new password. */
  resetOwner?: boolean;
  /** Signs with a new key from now on; the old one vouches for it (docs/server-keys.md). */
  rotateKey?: boolean;
  log(line: string): void;
  nowMs?(): number;
}

export interface ShownCertificate {
  /** SHA-256, as browsers show it. */
  fingerprint: string;
  made: boolean;
  /** In epoch seconds. */
  expiresAt: number;
}

export interface RunningServer {
  issuer: string;
  /** Where the owner's pages and the owner API are. */
  pages: string;
  port: number;
  /** RFC 7638 thumbprint of the key that it signs with. */
  signingKey: string;
  /** What it shows over TLS now; `made`: by itself, so that somebody has to compare the fingerprint. */
  certificate?(): ShownCertificate;
  /** Other computers come without TLS. */
  notEncrypted: boolean;
  /** A new link while nobody owns the server; the only secret that may be printed, in one line. */
  setUpLink(): string | undefined;
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;

/**
 * Starts the server; it answers once this resolves.
 * @throws ServerStartError `port_in_use`, `cannot_listen`, `issuer_invalid`, `owner_invalid`, `certificate_…`; StoreError
 */
export async function startBuiltInServer(options: BuiltInServerOptions): Promise<RunningServer> {
  checkIssuer(options);
  const front = frontOf(options);
  const certificate = await openCertificate(options);
  let serve: Handle = (_message, response) => response.writeHead(503).end();
  try {
    const listener = await openListener(options, certificate, (message, response) => serve(message, response));
    return await openOn(listener, options, { front, ...(certificate && { certificate }) }, (ready) => {
      serve = ready;
    });
  } catch (fault) {
    certificate?.close();
    throw fault;
  }
}

async function openCertificate(options: BuiltInServerOptions): Promise<HeldCertificate | undefined> {
  const { certificate: source, issuer, keyDir, certificateCheckMs = 60_000, nowMs = Date.now, log } = options;
  if (source === undefined) return undefined;
  const { protocol, hostname } = new URL(issuer ?? 'http://none');
  if (protocol !== 'https:') {
    const message =
      'With a certificate the server needs an address that begins with https://, such as https://pi.local:1862.';
    throw new ServerStartError('certificate_needs_https', message);
  }
  return holdCertificate({ source, dir: keyDir, host: hostname, checkEveryMs: certificateCheckMs, nowMs, log });
}

function openListener(
  { host = '127.0.0.1', port, issuer = '' }: BuiltInServerOptions,
  certificate: HeldCertificate | undefined,
  handle: Handle,
): Promise<Listener> {
  const tls = certificate && { certificate, names: hostNames(issuer), address: issuer };
  return listen({ ...(host !== 'every' && { host }), port, ...(tls && { tls }) }, handle);
}

async function openOn(
  listener: Listener,
  options: BuiltInServerOptions,
  outside: Pick<Ground, 'certificate' | 'front'>,
  ready: Ready,
): Promise<RunningServer> {
  try {
    const own = usualIssuer(options.host ?? '127.0.0.1', listener.port);
    const issuer = options.issuer ?? own;
    const pages = options.otherPort ? own : issuer;
    refuseUnasked(issuer, options.notEncrypted ?? false);
    if (options.otherPort) refuseSamePort(issuer, pages);
    const { dir, keyDir, env } = options;
    const store = await openStore({ dir, keyDir, ...(env && { env: { ...env } }) });
    const ground = { ...outside, issuer, pages, store, listener };
    return await run(options, ground, ready).catch(async (fault: unknown) => {
      await store.close();
      throw fault;
    });
  } catch (fault) {
    await listener.close();
    throw fault;
  }
}

type Front = DoorParts['front'];

/** An https address with nothing here that speaks TLS: something in front does, and everybody comes through it. */
function frontOf({ issuer = '', certificate, proxies }: BuiltInServerOptions): Front {
  const onlyThroughProxies = issuer.startsWith('https:') && certificate === undefined;
  const usual = onlyThroughProxies ? ['127.0.0.0/8', '::1'] : [];
  return { proxies: createProxies(proxies ?? usual), onlyThroughProxies };
}

type Ready = (serve: Handle) => void;

interface Ground {
  issuer: string;
  pages: string;
  store: GatewayStore;
  listener: Listener;
  certificate?: HeldCertificate;
  front: Front;
}

async function run(
  options: BuiltInServerOptions,
  { issuer, pages, store, listener, certificate, front }: Ground,
  ready: Ready,
): Promise<RunningServer> {
  const { log, nowMs = Date.now, resetOwner = false, rateLimits = true, rotateKey = false } = options;
  const credentials = openCredentials(store, nowMs);
  const model = createModel({ store, issued: credentials.issued, nowMs, resetOwner });
  await model.transaction(model.events.begin);
  if (options.owner) await makeFirstOwner(model, options.owner, log);
  await noteAddress({ issuer, store, model, credentials, log });
  const shown = certificate && { certificate: () => shownCertificate(certificate) };
  const notEncrypted = isOverheard(issuer);
  const parts = { issuer, pages, store, model, credentials, nowMs, log, rateLimits, rotateKey, notEncrypted, ...shown };
  const { signingKey, close, ...routes } = await createRoutes(parts);
  const stopSweeping = sweepNowAndThen(credentials, model, log);
  const onlyEncrypted = staysEncrypted(issuer, shown?.certificate());
  const { otherPort } = options;
  const doors = openDoors({
    ...{ issuer, pages, log, ...routes, ...(otherPort && { otherPort }) },
    front: { ...front, onlyEncrypted, notEncrypted },
  });
  ready(doors.serve);
  let closing: Promise<void> | undefined;
  const end = async () => {
    stopSweeping();
    certificate?.close();
    close();
    await Promise.all([doors.close(), listener.close()]);
    model.close();
    await store.close();
  };
  return {
    issuer,
    pages,
    port: listener.port,
    signingKey,
    notEncrypted,
    ...shown,
    setUpLink: () => {
      const code = model.setUp.newCode();
      return code === undefined ? undefined : `${pages}/setup?code=${code}`;
    },
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}

function shownCertificate(held: HeldCertificate): ShownCertificate {
  const { fingerprint, expiresAtMs } = held.current();
  return { fingerprint, made: held.made, expiresAt: Math.floor(expiresAtMs / 1000) };
}

/** @returns what ends it */
function sweepNowAndThen(
  credentials: ReturnType<typeof openCredentials>,
  model: ReturnType<typeof createModel>,
  log: (line: string) => void,
): () => void {
  const sweep = async () => {
    await credentials.sweep();
    await model.transaction(model.devices.forgetUnclaimed);
  };
  const timer = setInterval(() => {
    sweep().catch((fault: unknown) => log(`Old tokens and devices could not be removed: ${String(fault)}`));
  }, sweepEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

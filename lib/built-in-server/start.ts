/** The built-in authorization server: the only file of this room that others name, and by `import()` only. */
import type { GatewayStore } from '../store/gateway-store.ts';
import { openStore } from '../store/open-store.ts';
import { ServerStartError } from './errors.ts';
import { makeFirstOwner } from './first-owner.ts';
import { createDispatch } from './http/dispatch.ts';
import { hostNames } from './http/host-guard.ts';
import { type Listener, listen } from './http/listener.ts';
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
  /** Listens over TLS with it; the issuer is then an https address. */
  certificate?: CertificateSource;
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
  port: number;
  /** RFC 7638 thumbprint of the key that it signs with. */
  signingKey: string;
  /** What it shows over TLS now; `made`: by itself, so that somebody has to compare the fingerprint. */
  certificate?(): ShownCertificate;
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
  if (options.issuer !== undefined) checkIssuer(options.issuer);
  const certificate = await openCertificate(options);
  let serve: ReturnType<typeof createDispatch> = (_message, response) => response.writeHead(503).end();
  try {
    const listener = await openListener(options, certificate, (message, response) => serve(message, response));
    return await openOn(listener, options, certificate, (ready) => {
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
  handle: ReturnType<typeof createDispatch>,
): Promise<Listener> {
  const tls = certificate && { certificate, names: hostNames(issuer) };
  return listen({ ...(host !== 'every' && { host }), port, ...(tls && { tls }) }, handle);
}

async function openOn(
  listener: Listener,
  options: BuiltInServerOptions,
  certificate: HeldCertificate | undefined,
  ready: Ready,
): Promise<RunningServer> {
  try {
    const issuer = options.issuer ?? `http://${reachable(options.host ?? '127.0.0.1')}:${listener.port}`;
    const { dir, keyDir, env } = options;
    const store = await openStore({ dir, keyDir, ...(env && { env: { ...env } }) });
    const ground = { issuer, store, listener, ...(certificate && { certificate }) };
    return await run(options, ground, ready).catch(async (fault: unknown) => {
      await store.close();
      throw fault;
    });
  } catch (fault) {
    await listener.close();
    throw fault;
  }
}

type Ready = (serve: ReturnType<typeof createDispatch>) => void;

interface Ground {
  issuer: string;
  store: GatewayStore;
  listener: Listener;
  certificate?: HeldCertificate;
}

async function run(
  options: BuiltInServerOptions,
  { issuer, store, listener, certificate }: Ground,
  ready: Ready,
): Promise<RunningServer> {
  const { log, nowMs = Date.now } = options;
  const credentials = openCredentials(store, nowMs);
  const model = createModel({ store, issued: credentials.issued, nowMs, resetOwner: options.resetOwner ?? false });
  if (options.owner) await makeFirstOwner(model, options.owner, log);
  await noteAddress({ issuer, store, model, credentials, log });
  const rateLimits = options.rateLimits ?? true;
  const rotateKey = options.rotateKey ?? false;
  const shown = certificate && (() => shownCertificate(certificate));
  const parts = {
    issuer,
    store,
    model,
    credentials,
    nowMs,
    log,
    rateLimits,
    rotateKey,
    ...(shown && { certificate: shown }),
  };
  const { routes, signingKey, close } = await createRoutes(parts);
  const sweep = async () => {
    await credentials.sweep();
    await model.transaction(model.devices.forgetUnclaimed);
  };
  const timer = setInterval(() => {
    sweep().catch((fault: unknown) => log(`Old tokens and devices could not be removed: ${String(fault)}`));
  }, sweepEveryMs);
  timer.unref();
  ready(createDispatch({ issuer, routes, log, onlyEncrypted: shown !== undefined && staysEncrypted(issuer, shown()) }));
  let closing: Promise<void> | undefined;
  const end = async () => {
    clearInterval(timer);
    certificate?.close();
    close();
    await listener.close();
    model.close();
    await store.close();
  };
  return {
    issuer,
    port: listener.port,
    signingKey,
    ...(shown && { certificate: shown }),
    setUpLink: () => {
      const code = model.setUp.newCode();
      return code === undefined ? undefined : `${issuer}/setup?code=${code}`;
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

/**
 * RFC 6797 8.3: a browser that was told goes to every port of this name over TLS, Node-RED's and Home Assistant's too.
 * So only where the name is this server's alone, and by a certificate that browsers know.
 */
function staysEncrypted(issuer: string, { made }: ShownCertificate): boolean {
  return !made && new URL(issuer).port === '';
}

/** RFC 8414 2, and no path: everything stands at fixed addresses below the issuer. */
function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.origin === issuer) return;
  const message =
    'The issuer must be a web address without path and without a slash at its end, such as http://127.0.0.1:1862.';
  throw new ServerStartError('issuer_invalid', message);
}

/** A name for an address: nobody can connect to "all addresses". */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === 'every') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

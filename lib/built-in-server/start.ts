/** The built-in authorization server: the only file of this room that others name, and by `import()` only. */
import type { GatewayStore } from '../store/gateway-store.ts';
import { openStore } from '../store/open-store.ts';
import { ServerStartError } from './errors.ts';
import { makeFirstOwner } from './first-owner.ts';
import { createDispatch } from './http/dispatch.ts';
import { type Listener, listen } from './http/listener.ts';
import { createModel } from './model/model.ts';
import { noteAddress } from './new-address.ts';
import { openCredentials } from './provider/issued-tokens.ts';
import { createRoutes } from './routes.ts';

export interface BuiltInServerOptions {
  /** The server's own directory, one process each. */
  dir: string;
  /** Where the key file lies or shall lie; see `openStore`. */
  keyDir: string;
  /** Holds `UMA_STORE_KEY`, if any; by default the process's own. */
  env?: { UMA_STORE_KEY?: string };
  /** 0: a free one. */
  port: number;
  /** 127.0.0.1 by default, and then ::1 too where this computer has it. */
  host?: string;
  /** The one name of this server, without a path; by default that of the address it listens on. */
  issuer?: string;
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

export interface RunningServer {
  issuer: string;
  port: number;
  /** RFC 7638 thumbprint of the key that it signs with. */
  signingKey: string;
  /** A new link while nobody owns the server; the only secret that may be printed, in one line. */
  setUpLink(): string | undefined;
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;

/**
 * Starts the server; it answers once this resolves.
 * @throws ServerStartError `port_in_use`, `cannot_listen`, `issuer_invalid`, `owner_invalid`; StoreError
 */
export async function startBuiltInServer(options: BuiltInServerOptions): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1';
  if (options.issuer !== undefined) checkIssuer(options.issuer);
  let serve: ReturnType<typeof createDispatch> = (_message, response) => response.writeHead(503).end();
  const listener = await listen(host, options.port, (message, response) => serve(message, response));
  try {
    const issuer = options.issuer ?? `http://${reachable(host)}:${listener.port}`;
    const { dir, keyDir, env } = options;
    const store = await openStore({ dir, keyDir, ...(env && { env: { ...env } }) });
    return await run(options, { issuer, store, listener }, (ready) => {
      serve = ready;
    }).catch(async (fault: unknown) => {
      await store.close();
      throw fault;
    });
  } catch (fault) {
    await listener.close();
    throw fault;
  }
}

interface Ground {
  issuer: string;
  store: GatewayStore;
  listener: Listener;
}

async function run(
  options: BuiltInServerOptions,
  { issuer, store, listener }: Ground,
  ready: (serve: ReturnType<typeof createDispatch>) => void,
): Promise<RunningServer> {
  const { log, nowMs = Date.now } = options;
  const credentials = openCredentials(store, nowMs);
  const model = createModel({ store, issued: credentials.issued, nowMs, resetOwner: options.resetOwner ?? false });
  if (options.owner) await makeFirstOwner(model, options.owner, log);
  await noteAddress({ issuer, store, model, credentials, log });
  const rateLimits = options.rateLimits ?? true;
  const rotateKey = options.rotateKey ?? false;
  const parts = { issuer, store, model, credentials, nowMs, log, rateLimits, rotateKey };
  const { routes, signingKey, close } = await createRoutes(parts);
  const sweep = async () => {
    await credentials.sweep();
    await model.transaction(model.devices.forgetUnclaimed);
  };
  const timer = setInterval(() => {
    sweep().catch((fault: unknown) => log(`Old tokens and devices could not be removed: ${String(fault)}`));
  }, sweepEveryMs);
  timer.unref();
  ready(createDispatch(issuer, routes, log));
  let closing: Promise<void> | undefined;
  const end = async () => {
    clearInterval(timer);
    close();
    await listener.close();
    model.close();
    await store.close();
  };
  return {
    issuer,
    port: listener.port,
    signingKey,
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
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

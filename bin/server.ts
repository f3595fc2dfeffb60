#!/usr/bin/env node
/** The built-in authorization server as a process of its own: `npm run server -- --port 1862 --owner alice`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BuiltInServerOptions, RunningServer } from '../lib/built-in-server/start.ts';
import { say } from '../lib/sharing/say.ts';
import { StoreError } from '../lib/store/errors.ts';

const usage = `Usage: npm run server -- [options]

  --port N              where it listens; by default UMA_PORT, else 1862
  --host ADDRESS        on which address, or every; by default 127.0.0.1, this computer only
  --issuer URL          the one address that everybody knows it by, where that is another
  --make-certificate    listens over TLS, with a certificate that it makes for the issuer's name
  --cert FILE           listens over TLS with this certificate (PEM); read again when it changes
  --key FILE            the key of that certificate (PEM)
  --proxy ADDRESS       of a reverse proxy that speaks TLS for --issuer, or its network; by default this computer
  --not-encrypted       is there for devices on other computers without encryption; pages only on this one
  --dir FOLDER          where it keeps everything; by default .uma
  --owner NAME          the name to suggest to the first owner
  --reset-owner         prints a link that gives the owner a new password
  --rotate-key          signs with a new key from now on; the old one vouches for it
  --rate-limits on|off  off only for tests

UMA_OWNER and UMA_OWNER_PASSWORD make the first owner; they never change one.`;

/** Raised for arguments that make no sense; its message is the sentence to print. */
class UsageError extends Error {}

function readOptions(args: string[], env: NodeJS.ProcessEnv): BuiltInServerOptions {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: env.UMA_PORT || '1862' },
      owner: { type: 'string' },
      dir: { type: 'string', default: '.uma' },
      host: { type: 'string' },
      issuer: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      'make-certificate': { type: 'boolean', default: false },
      proxy: { type: 'string', multiple: true },
      'not-encrypted': { type: 'boolean', default: false },
      'rate-limits': { type: 'string', default: 'on' },
      'reset-owner': { type: 'boolean', default: false },
      'rotate-key': { type: 'boolean', default: false },
    },
  });
  const { host, issuer, 'rate-limits': limits } = values;
  if (limits !== 'on' && limits !== 'off') throw new UsageError('--rate-limits is on or off.');
  const owner = readOwner(values.owner ?? env.UMA_OWNER, env.UMA_OWNER_PASSWORD);
  const certificate = readCertificateSource(values);
  const keyDir = resolve(values.dir);
  return {
    dir: resolve(keyDir, 'server'),
    keyDir,
    port: readPort(values.port),
    ...(host === undefined ? {} : { host }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(owner === undefined ? {} : { owner }),
    ...(values.proxy === undefined ? {} : { proxies: values.proxy }),
    notEncrypted: values['not-encrypted'],
    rateLimits: limits === 'on',
    resetOwner: values['reset-owner'],
    rotateKey: values['rotate-key'],
    log: (line) => console.error(line),
  };
}

function readCertificateSource(values: {
  cert?: string | undefined;
  key?: string | undefined;
  'make-certificate': boolean;
}): BuiltInServerOptions['certificate'] {
  const { cert, key, 'make-certificate': made } = values;
  if (made && (cert ?? key) !== undefined)
    throw new UsageError('--make-certificate makes what --cert and --key give: choose.');
  if (made) return { from: 'made' };
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UsageError('--cert and --key go together.');
  return { from: 'files', cert: resolve(cert), key: resolve(key) };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new UsageError('--port is a number from 0 to 65535.');
}

/** A name alone is the one to suggest in the set-up link; without a password nobody is made. */
function readOwner(name: string | undefined, password: string | undefined): BuiltInServerOptions['owner'] {
  if (password === undefined || password === '') return undefined;
  if (name !== undefined) return { name, password };
  throw new UsageError('UMA_OWNER_PASSWORD needs UMA_OWNER or --owner.');
}

function announce(server: RunningServer, resetOwner = false): void {
  const link = server.setUpLink();
  const lines = [`The authorization server answers at ${server.issuer}`];
  const what = resetOwner
    ? "Give its owner a new password, under the owner's own name,"
    : 'Nobody owns it yet. Make yourself its owner';
  if (link !== undefined) lines.push(`${what} within 15 minutes: ${link}`);
  const certificate = server.certificate?.();
  if (certificate?.made)
    lines.push(
      `It made its certificate itself, so browsers warn. Go on only where they show this SHA-256 fingerprint: ${certificate.fingerprint}`,
    );
  if (server.notEncrypted)
    lines.push(
      'Nothing sent there is encrypted. Other computers are answered as devices alone; open its pages on this one.',
    );
  console.log(lines.join('\n'));
}

/** The first signal stops cleanly; while that goes on, further ones change nothing. */
function stopOnSignals(server: RunningServer): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return console.log(usage);
  const options = readOptions(process.argv.slice(2), process.env);
  const { startBuiltInServer } = await import('../lib/built-in-server/start.ts');
  const server = await startBuiltInServer(options);
  stopOnSignals(server);
  announce(server, options.resetOwner);
}

/** What a person can do about it, where that is known. */
function sentenceOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'The server could not start.';
  return fault instanceof StoreError ? say(fault.hint) : fault.message;
}

main().catch((fault: unknown) => {
  const isUsage = fault instanceof UsageError || (fault instanceof TypeError && 'code' in fault);
  console.error(sentenceOf(fault));
  if (isUsage) console.error(usage);
  process.exit(1);
});

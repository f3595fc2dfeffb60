/** From a server config node's settings to what a gateway is opened with. */
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { NodeAPI } from 'node-red';
import type { GatewaySettings } from '../gateway/gateway.ts';
import { FlowError } from './flow-error.ts';
import { httpsCertificate } from './https-certificate.ts';
import { checkOwnPort, ownPort, ownPortReach } from './own-port.ts';
import { type ReachConfig, readReach } from './reach.ts';
import { languageOfNodes } from './words.ts';

/** What a `uma-authorization-server` node stores; a text where the editor or an environment variable wrote it. */
export interface ServerConfig extends ReachConfig {
  name?: string;
  kind?: string;
  port?: string | number;
  url?: string;
  connection?: string;
  addresses?: string[];
  /** Fingerprint of the server's signing key, as its owner reads it there. */
  serverKey?: string;
  /** What its nodes speak; empty: what Node-RED is set to. */
  language?: string;
  /** SHA-256 fingerprint of a certificate that the server made itself. */
  certificate?: string;
}

export const DEFAULT_PORT = 1862;
export const DEFAULT_CONNECTION = 'home';

function readPort(port: string | number | undefined): number {
  const read = port === undefined || port === '' ? DEFAULT_PORT : Number(port);
  // 0: a free port, for tests.
  if (!Number.isInteger(read) || read < 0 || read > 65_535) throw new FlowError('bad_port', { port: String(port) });
  return read;
}

function readUrl(text: string | undefined): string {
  const url = text?.trim() && URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new FlowError('bad_server_url', { url: text ?? '' });
  return url.href.replace(/\/$/, '');
}

/** As browsers show it, and other tools without the colons. @throws FlowError `bad_certificate_fingerprint` */
function readCertificateFingerprint(text = ''): string | undefined {
  const digits = text.replace(/[\s:]/g, '').toUpperCase();
  if (digits === '') return undefined;
  if (!/^[0-9A-F]{64}$/.test(digits)) throw new FlowError('bad_certificate_fingerprint');
  return digits.replace(/..(?!$)/g, '$&:');
}

/** @throws FlowError `bad_port`, `bad_server_url`, `bad_certificate_fingerprint`, and as `readReach` */
export function readServer(config: ServerConfig): GatewaySettings['server'] {
  if (config.kind === 'built-in-at') {
    const certificate = readCertificateFingerprint(config.certificate);
    return { kind: 'built-in-at', url: readUrl(config.url), ...(certificate !== undefined && { certificate }) };
  }
  const port = readPort(config.port);
  const reach = readReach(config);
  // Others are told the port, so it is not a different one each time.
  if (reach && port === 0) throw new FlowError('bad_port', { port: '0' });
  return { kind: 'built-in', port, ...(reach && { reach }) };
}

/** Node-RED's own port; before it listens, the one it will listen on. */
function portOf(RED: NodeAPI): number {
  const address = RED.server?.address?.() as AddressInfo | string | null | undefined;
  return typeof address === 'object' && address !== null ? address.port : RED.settings.uiPort;
}

/** Keeps what is an origin; a path or a slash at the end is taken off. */
function originOf(text: string): string[] {
  return URL.canParse(text) && /^https?:/.test(text) ? [new URL(text).origin] : [];
}

/**
 * Under which addresses devices reach this Node-RED, asked anew for every proof: its port is known only once it listens.
 * By default its own port on this computer. Where it has told one to everybody, that one too.
 */
export function addressesOf(RED: NodeAPI, listed: string[] | undefined, server: GatewaySettings['server']): string[] {
  const own = (Array.isArray(listed) ? listed : []).flatMap((text) => originOf(String(text).trim()));
  const known = originOf(ownPortReach(server)?.issuer ?? '');
  if (own.length > 0) return [...new Set([...own, ...known])];
  const scheme = RED.settings.https ? 'https' : 'http';
  const here = ['127.0.0.1', 'localhost'].map((host) => new URL(`${scheme}://${host}:${portOf(RED)}`).origin);
  return [...new Set([...here, ...known])];
}

/** The same for every proof: where Node-RED listens by now, they change no more. */
function rememberedAddresses(RED: NodeAPI, listed: string[] | undefined, server: GatewaySettings['server']) {
  let remembered: string[] | undefined;
  return (): string[] => {
    const addresses = remembered ?? addressesOf(RED, listed, server);
    if (RED.server?.listening) remembered = addresses;
    return addresses;
  };
}

/** What a server node is given beside its settings in the flow. */
export type Given = Pick<GatewaySettings, 'owner' | 'registrationToken' | 'storeKey' | 'clockWasAhead'>;

/**
 * What the environment gives: the first owner of a built-in server, for those who set it up without a browser (both or
 * neither), the key of the stores, for those who keep it elsewhere, and a word about a clock that was ahead.
 * Password and key are taken out of the environment: every flow can read that, and would be the owner, or open the stores.
 */
export function takeSecrets(env: NodeJS.ProcessEnv): Omit<Given, 'registrationToken'> {
  const { UMA_OWNER: name, UMA_OWNER_PASSWORD: password, UMA_STORE_KEY: storeKey } = env;
  const clockWasAhead = Date.parse(env.UMA_CLOCK_WAS_AHEAD ?? '');
  delete env.UMA_OWNER_PASSWORD;
  delete env.UMA_STORE_KEY;
  return {
    ...(name && password ? { owner: { name, password } } : {}),
    ...(storeKey ? { storeKey } : {}),
    ...(Number.isFinite(clockWasAhead) ? { clockWasAhead } : {}),
  };
}

/** RFC 7638 with SHA-256, base64url. @throws FlowError `bad_server_key` */
function readFingerprint(text: string | undefined): string | undefined {
  const fingerprint = text?.trim() ?? '';
  if (fingerprint === '') return undefined;
  if (!/^[A-Za-z0-9_-]{43}$/.test(fingerprint)) throw new FlowError('bad_server_key');
  return fingerprint;
}

function usesOwnCertificate(server: GatewaySettings['server']): boolean {
  const reach = server.kind === 'built-in' ? server.reach : undefined;
  return reach !== undefined && 'certificate' in reach && reach.certificate.from === 'settings';
}

/** @throws FlowError where a setting cannot be used */
export function gatewaySettings(
  RED: NodeAPI,
  config: ServerConfig,
  { owner, registrationToken, storeKey, clockWasAhead }: Given,
  log: (line: string) => void,
): GatewaySettings {
  const server = readServer(config);
  checkOwnPort(RED, server);
  const through = ownPortReach(server);
  const serverKey = server.kind === 'built-in-at' ? readFingerprint(config.serverKey) : undefined;
  return {
    userDir: RED.settings.userDir ?? process.cwd(),
    connection: config.connection?.trim() || DEFAULT_CONNECTION,
    server,
    ...(usesOwnCertificate(server) && { ownCertificate: () => httpsCertificate(RED) }),
    ...(through && { ownPort: ownPort(RED, through.issuer) }),
    addresses: rememberedAddresses(RED, config.addresses, server),
    language: languageOfNodes(RED, config.language),
    ...(owner && server.kind === 'built-in' ? { owner } : {}),
    ...(registrationToken && server.kind === 'built-in-at' ? { registrationToken } : {}),
    ...(serverKey !== undefined && { serverKey }),
    ...(storeKey !== undefined && { storeKey }),
    ...(clockWasAhead !== undefined && { clockWasAhead }),
    name: config.name?.trim() || `Node-RED on ${hostname()}`,
    log,
  };
}

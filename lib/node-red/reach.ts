/** *Who must reach it*: the first question about a built-in server. */
import { resolve } from 'node:path';
import type { HomeReach, OwnPortReach } from '../gateway/gateway.ts';
import { isLoopback } from '../uma/loopback.ts';
import { FlowError } from './flow-error.ts';
import { OWN_PATH } from './own-port-targets.ts';

/** As the form of the server node stores it. */
export interface ReachConfig {
  /** `this-computer`, or nothing in an older flow; `home`; `not-encrypted`; `own-port`. */
  reach?: string;
  /** The stable name or address of this computer. */
  host?: string;
  /** The tick where it will not be encrypted: somebody has read what that means. */
  overheard?: boolean;
  /** `made`, `files`, `settings` */
  certificateFrom?: string;
  certificateFile?: string;
  keyFile?: string;
  /** By which everybody knows Node-RED, with its root for flows. */
  publicAddress?: string;
  /** Addresses of the reverse proxies in front of Node-RED, with commas or spaces between. */
  proxies?: string;
  /** Node-RED is in a container, whose computer the owner's pages are let out to. */
  fromContainer?: boolean;
}

/** @throws FlowError `bad_host`, `no_certificate_files`, `bad_reach`, `not_agreed`, `bad_public_address` */
export function readReach(config: ReachConfig): HomeReach | OwnPortReach | undefined {
  const { reach = '' } = config;
  if (reach === '' || reach === 'this-computer') return undefined;
  if (reach === 'own-port') return readOwnPort(config);
  if (reach === 'not-encrypted') {
    if (config.overheard !== true) throw new FlowError('not_agreed');
    return { host: readHost(config.host), notEncrypted: true };
  }
  if (reach !== 'home') throw new FlowError('bad_reach', { reach });
  return { host: readHost(config.host), certificate: readCertificate(config) };
}

function readOwnPort(config: ReachConfig): OwnPortReach {
  const issuer = readPublicAddress(config.publicAddress);
  const { protocol, hostname } = new URL(issuer);
  const overheard = protocol === 'http:' && !isLoopback(hostname);
  if (overheard && config.overheard !== true) throw new FlowError('not_agreed');
  return {
    issuer,
    proxies: (config.proxies ?? '').split(/[\s,]+/).filter(Boolean),
    ...(overheard && { notEncrypted: true }),
    ...(config.fromContainer === true && { fromContainer: true }),
  };
}

/** @returns the server's address: Node-RED's, whether it was typed with the server's own path or without */
function readPublicAddress(text = ''): string {
  const typed = text.trim();
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  const plain = url !== undefined && /^https?:$/.test(url.protocol) && url.origin + url.pathname === url.href;
  const path = url?.pathname.replace(/\/+$/, '') ?? '';
  const everybodys = url?.hostname === '0.0.0.0' || url?.hostname === '[::]';
  if (!plain || everybodys || !/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/.test(path))
    throw new FlowError('bad_public_address', { address: typed });
  return url.origin + (path.endsWith(OWN_PATH) ? path : path + OWN_PATH);
}

/** A name without port and path; an IPv6 address with or without its brackets. */
function readHost(text = ''): string {
  const typed = text.trim();
  const written = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(typed) ? `[${typed}]` : typed;
  const url = URL.canParse(`https://${written}`) ? new URL(`https://${written}`) : undefined;
  const withoutPort = written.startsWith('[') ? written.endsWith(']') : !written.includes(':');
  const whole = url !== undefined && withoutPort && url.href === `https://${url.hostname}/`;
  if (!whole || isNobodyElses(url.hostname)) throw new FlowError('bad_host', { host: typed });
  return url.hostname;
}

/** Names under which every computer finds itself, and no other. */
function isNobodyElses(host: string): boolean {
  return host === 'localhost' || host === '0.0.0.0' || host === '[::]' || host === '[::1]' || /^127\./.test(host);
}

function readCertificate({
  certificateFrom = 'made',
  certificateFile,
  keyFile,
}: ReachConfig): Extract<HomeReach, { certificate: object }>['certificate'] {
  if (certificateFrom === 'made' || certificateFrom === 'settings') return { from: certificateFrom };
  const [cert = '', key = ''] = [certificateFile?.trim(), keyFile?.trim()];
  if (cert === '' || key === '') throw new FlowError('no_certificate_files');
  return { from: 'files', cert: resolve(cert), key: resolve(key) };
}

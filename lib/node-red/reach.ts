/** *Who must reach it*: the first question about a built-in server. */
import { resolve } from 'node:path';
import type { HomeReach } from '../gateway/gateway.ts';
import { FlowError } from './flow-error.ts';

/** As the form of the server node stores it. */
export interface ReachConfig {
  /** `this-computer`, or nothing in an older flow; `home`; `not-encrypted`. */
  reach?: string;
  /** The stable name or address of this computer. */
  host?: string;
  /** The tick beside `not-encrypted`: somebody has read what that means. */
  overheard?: boolean;
  /** `made`, `files`, `settings` */
  certificateFrom?: string;
  certificateFile?: string;
  keyFile?: string;
}

/** @throws FlowError `bad_host`, `no_certificate_files`, `bad_reach`, `not_agreed` */
export function readReach(config: ReachConfig): HomeReach | undefined {
  const { reach = '' } = config;
  if (reach === '' || reach === 'this-computer') return undefined;
  if (reach === 'not-encrypted') {
    if (config.overheard !== true) throw new FlowError('not_agreed');
    return { host: readHost(config.host), notEncrypted: true };
  }
  if (reach !== 'home') throw new FlowError('bad_reach', { reach });
  return { host: readHost(config.host), certificate: readCertificate(config) };
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

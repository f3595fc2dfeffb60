/** The one name of the server, and what follows from it. */

import { isLoopback } from '../uma/loopback.ts';
import { ServerStartError } from './errors.ts';

/**
 * RFC 8414 2, and no path: everything stands at fixed addresses below the issuer.
 * @throws ServerStartError `issuer_invalid`
 */
export function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.origin === issuer) return;
  const message =
    'The issuer must be a web address without path and without a slash at its end, such as http://127.0.0.1:1862.';
  throw new ServerStartError('issuer_invalid', message);
}

/** The name where none is given: that of the address it listens on, since nobody can connect to "all addresses". */
export function usualIssuer(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::' || host === 'every') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Plain HTTP beyond this computer. */
export function isOverheard(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'http:' && !isLoopback(hostname);
}

/**
 * To be overheard is a choice that somebody makes.
 * @throws ServerStartError `needs_encryption`
 */
export function refuseUnasked(issuer: string, notEncrypted: boolean): void {
  if (notEncrypted || !isOverheard(issuer)) return;
  const message = `Nothing sent to ${issuer} would be encrypted. Let the server use a certificate, or say that it shall not be encrypted.`;
  throw new ServerStartError('needs_encryption', message, { issuer });
}

/**
 * RFC 6797 8.3: a browser that was told goes to every port of this name over TLS, Node-RED's and Home Assistant's too.
 * So only where the name is this server's alone, and by a certificate that browsers know.
 */
export function staysEncrypted(issuer: string, certificate: { made: boolean } | undefined): boolean {
  return certificate !== undefined && !certificate.made && new URL(issuer).port === '';
}

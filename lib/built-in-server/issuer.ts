/** The one name of the server, and what follows from it. */

import { isLoopback } from '../uma/loopback.ts';
import { ServerStartError } from './errors.ts';

/** Of letters that every program writes the same way. */
const plainPath = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;

/**
 * RFC 8414 2. On a port of its own without a path, since everything stands at fixed addresses below the issuer; on
 * somebody else's with one.
 * @throws ServerStartError `issuer_invalid`
 */
export function checkIssuer({ issuer, otherPort }: { issuer?: string; otherPort?: object }): void {
  if (issuer === undefined && otherPort === undefined) return;
  const url = issuer !== undefined && URL.canParse(issuer) ? new URL(issuer) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol);
  if (isWeb && otherPort === undefined && url.origin === issuer) return;
  if (isWeb && otherPort && url.origin + url.pathname === issuer && plainPath.test(url.pathname)) return;
  const message = otherPort
    ? 'On another port the issuer must be a web address with a path and without a slash at its end, such as https://home.example/uma.'
    : 'The issuer must be a web address without path and without a slash at its end, such as http://127.0.0.1:1862.';
  throw new ServerStartError('issuer_invalid', message);
}

/**
 * Where both had one name, nobody could tell what is for flows' pages to reach and what is not.
 * @throws ServerStartError `port_in_use`
 */
export function refuseSamePort(issuer: string, pages: string): void {
  const [{ hostname, port }, own] = [new URL(issuer), new URL(pages)];
  if (!isLoopback(hostname) || port !== own.port) return;
  const message = `Port ${own.port} is that of ${issuer}. The owner's pages need a port of their own.`;
  throw new ServerStartError('port_in_use', message, { port: own.port });
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

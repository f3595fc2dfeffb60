/** A TLS certificate with its key, looked at before anybody is shown it. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { ServerStartError } from '../errors.ts';

/** As it stands in a file or in Node-RED's settings. */
export interface CertificatePem {
  /** The certificate, then whatever leads from it to its authority. */
  cert: string;
  key: string;
  passphrase?: string;
}

export interface Certificate extends CertificatePem {
  /** SHA-256 in the form that browsers show: `AA:BB:…`. */
  fingerprint: string;
  expiresAtMs: number;
  /** Nobody speaks for it but itself. */
  selfSigned: boolean;
}

/** What a certificate must be good for. */
export interface CertificateUse {
  /** The issuer's host, as the URL parser writes it. */
  host: string;
  nowMs: number;
  /** Named in the sentence that says what is wrong. */
  where: string;
}

/**
 * @throws ServerStartError `certificate_malformed`, `certificate_key`, `certificate_expired`, `certificate_name`: each
 * says in one sentence what to do
 */
export function readCertificate(pem: CertificatePem, { host, nowMs, where }: CertificateUse): Certificate {
  const { certificate, key } = parse(pem, where);
  if (!certificate.checkPrivateKey(key)) throw unfit('certificate_key', { where });
  const expiresAtMs = Date.parse(certificate.validTo);
  if (expiresAtMs <= nowMs)
    throw unfit('certificate_expired', { where, until: new Date(expiresAtMs).toISOString().slice(0, 10) });
  if (!isFor(certificate, host))
    throw unfit('certificate_name', { where, host, names: certificate.subjectAltName ?? certificate.subject ?? '' });
  return {
    ...pem,
    fingerprint: certificate.fingerprint256,
    expiresAtMs,
    selfSigned: certificate.checkIssued(certificate),
  };
}

function parse(
  { cert, key, passphrase }: CertificatePem,
  where: string,
): { certificate: X509Certificate; key: KeyObject } {
  try {
    return {
      certificate: new X509Certificate(cert),
      key: createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) }),
    };
  } catch {
    // What the parser says may quote the key.
    throw unfit('certificate_malformed', { where });
  }
}

/** A name by the alternative names alone, as browsers do; an address as an address. */
function isFor(certificate: X509Certificate, host: string): boolean {
  const bare = bareHost(host);
  if (isIP(bare) !== 0) return certificate.checkIP(bare) !== undefined;
  return certificate.checkHost(bare, { subject: 'never' }) !== undefined;
}

/** Without the brackets that an IPv6 address has in a URL. */
export function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

type CertificateCode = 'certificate_malformed' | 'certificate_key' | 'certificate_expired' | 'certificate_name';

const sentences: Record<CertificateCode, (values: Record<string, string>) => string> = {
  certificate_malformed: ({ where }) =>
    `The certificate or its key cannot be read as PEM, or the key's passphrase is wrong: ${where}.`,
  certificate_key: ({ where }) =>
    `The key does not belong to the certificate: ${where}. Give the two that were made together.`,
  certificate_expired: ({ where, until }) => `The certificate ended on ${until}: ${where}. Renew it, then start again.`,
  certificate_name: ({ where, host, names }) =>
    `The certificate is not for ${host} but for ${names}: ${where}. Use a name that it is for in the server's address.`,
};

function unfit(code: CertificateCode, values: Record<string, string>): ServerStartError {
  return new ServerStartError(code, sentences[code](values), values);
}

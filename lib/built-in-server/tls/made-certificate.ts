/** The certificate that the server makes for itself where nobody gives it one. */
import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { bareHost, type Certificate, type CertificatePem, readCertificate } from './certificate.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Browsers accept no certificate that lives longer than about thirteen months, nor do phones. */
const lifeMs = 397 * dayMs;
/** Clocks differ, and a small computer's is behind until it has asked the network. */
const backdatedMs = dayMs;
const renewBeforeMs = 30 * dayMs;

export interface MadeCertificateParts {
  dir: string;
  host: string;
  nowMs: number;
}

/**
 * Reads the one that was made, and makes another where it is for another name, near its end or cannot be used. Key and
 * certificate stand in one file (0600), so that neither is ever without the other; a renewal keeps the key.
 */
export async function keepMadeCertificate({ dir, host, nowMs }: MadeCertificateParts): Promise<Certificate> {
  const file = join(dir, 'certificate.pem');
  const use = { host, nowMs, where: file };
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const found = kept === undefined ? undefined : usable(kept, use);
  if (found && found.expiresAtMs - nowMs > renewBeforeMs) return found;
  const made = await make(host, nowMs, found?.key);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const written = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(written, made.key + made.cert, { mode: 0o600, flush: true });
  await rename(written, file);
  return readCertificate(made, use);
}

function usable(pem: string, use: Parameters<typeof readCertificate>[1]): Certificate | undefined {
  try {
    return readCertificate({ cert: pem, key: pem }, use);
  } catch {
    return undefined;
  }
}

async function make(host: string, nowMs: number, key: string | undefined): Promise<CertificatePem> {
  // Loaded here: most never make one.
  const { generate } = await import('./selfsigned.ts');
  const name = bareHost(host);
  const made = await generate([{ name: 'commonName', value: 'UMA authorization server' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - backdatedMs),
    notAfterDate: new Date(nowMs - backdatedMs + lifeMs),
    ...(key !== undefined && { keyPair: keyPairOf(key) }),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}

function keyPairOf(pem: string): { privateKey: string; publicKey: string } {
  return { privateKey: pem, publicKey: createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString() };
}

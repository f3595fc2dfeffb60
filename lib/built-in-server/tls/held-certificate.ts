/** The certificate that the server shows, looked at again every minute. */
import { readFile } from 'node:fs/promises';
import { say } from '../../sharing/say.ts';
import { ServerStartError } from '../errors.ts';
import { type Certificate, type CertificatePem, readCertificate } from './certificate.ts';
import { keepMadeCertificate } from './made-certificate.ts';

/** Where a certificate comes from. */
export type CertificateSource =
  /** Files in PEM, read again when they change. */
  | { from: 'files'; cert: string; key: string }
  /** Node-RED's own https settings, asked again, since they may be a function. */
  | { from: 'settings'; read(): Promise<CertificatePem> }
  /** Made on first use, kept in the server's directory. */
  | { from: 'made' };

export interface HeldCertificate {
  readonly made: boolean;
  current(): Certificate;
  /** Told of each new one; connections that stand keep the one before. */
  onRenewed(listener: (certificate: Certificate) => void): void;
  close(): void;
}

export interface HeldCertificateParts {
  source: CertificateSource;
  /** Where a made one is kept. */
  dir: string;
  /** The issuer's. */
  host: string;
  checkEveryMs: number;
  nowMs(): number;
  log(line: string): void;
}

/** @throws ServerStartError `certificate_…`: without a usable certificate nothing is served */
export async function holdCertificate(parts: HeldCertificateParts): Promise<HeldCertificate> {
  const { source, log } = parts;
  let current = await read(parts);
  let complaint = '';
  const listeners: ((certificate: Certificate) => void)[] = [];
  const look = async (): Promise<void> => {
    try {
      const next = await read(parts);
      complaint = '';
      if (next.fingerprint === current.fingerprint) return;
      current = next;
      for (const listener of listeners) listener(next);
      log(say({ key: 'log.certificate_renewed', values: { fingerprint: next.fingerprint } }));
    } catch (fault) {
      // Whoever renews writes two files: for a moment they do not fit. What is in use stays, and each trouble is told once.
      const why = fault instanceof ServerStartError ? say(fault.hint) : '';
      if (why !== complaint) log(say({ key: 'log.certificate_kept', values: { why } }));
      complaint = why;
    }
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, parts.checkEveryMs).unref();
  return {
    made: source.from === 'made',
    current: () => current,
    onRenewed: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}

async function read({ source, dir, host, nowMs }: HeldCertificateParts): Promise<Certificate> {
  const use = { host, nowMs: nowMs() };
  if (source.from === 'made') return keepMadeCertificate({ dir, ...use });
  if (source.from === 'files') {
    const [cert, key] = [await readPem(source.cert), await readPem(source.key)];
    return readCertificate({ cert, key }, { ...use, where: source.cert });
  }
  const pem = await source.read().catch(() => {
    throw unreadable("Node-RED's https settings");
  });
  return readCertificate(pem, { ...use, where: "Node-RED's https settings" });
}

async function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw unreadable(file);
  });
}

function unreadable(where: string): ServerStartError {
  const message = `The certificate or its key is not there, or may not be read: ${where}.`;
  return new ServerStartError('certificate_unreadable', message, { where });
}

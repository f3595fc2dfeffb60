/** Certificates as somebody else makes them, and callers that say over TLS what they want. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';

const dayMs = 24 * 60 * 60 * 1000;

export interface CertificateFiles {
  cert: string;
  key: string;
}

/** Writes a certificate for `name` and its key into `dir`; a second time over the first. */
export async function writeCertificate(dir: string, name: string, days = 90): Promise<CertificateFiles> {
  const made = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 10 * dayMs),
    notAfterDate: new Date(Date.now() + days * dayMs),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
  await writeFile(files.key, made.private);
  await writeFile(files.cert, made.cert);
  return files;
}

/** What such files hold. */
export function pemOf({ cert, key }: CertificateFiles): CertificateFiles {
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** A connection of its own to this computer, under the name that is asked for. Rejects where none comes about. */
export async function tlsConnection(port: number, servername?: string, more: object = {}): Promise<TLSSocket> {
  const options = { host: '127.0.0.1', port, rejectUnauthorized: false, ...(servername && { servername }), ...more };
  const socket = connect(options);
  await once(socket, 'secureConnect');
  return socket;
}

export interface TlsAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  fingerprint: string;
}

/** One request over a connection of its own. */
export async function askOverTls(issuer: string, path: string, options: TlsAsk = {}): Promise<TlsAnswer> {
  const { hostname, host, port } = new URL(issuer);
  const { method = 'GET', headers = {}, body = '', socket } = options;
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    path,
    method,
    servername: hostname,
    rejectUnauthorized: false,
    headers: { host, ...headers },
    ...(socket ? { createConnection: () => socket } : { agent: false }),
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
    fingerprint: (response.socket as TLSSocket).getPeerCertificate().fingerprint256,
  };
}

interface TlsAsk {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Kept from before. */
  socket?: TLSSocket;
}

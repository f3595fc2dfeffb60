import type { NodeAPI } from 'node-red';
import type { CertificatePem } from '../gateway/gateway.ts';

/** `https` of Node-RED's settings file: options, or a function that gives them, also later. */
type HttpsSetting = HttpsOptions | (() => HttpsOptions | Promise<HttpsOptions>) | undefined;

interface HttpsOptions {
  cert?: string | Buffer;
  key?: string | Buffer;
  passphrase?: string;
}

/**
 * The certificate of Node-RED's own https settings, asked anew each time, since a function there gives renewed ones.
 * Rejects where there is none; what it holds is judged by whoever uses it.
 */
export async function httpsCertificate(RED: NodeAPI): Promise<CertificatePem> {
  const setting = RED.settings.https as HttpsSetting;
  const { cert, key, passphrase } = (await (typeof setting === 'function' ? setting() : setting)) ?? {};
  if (cert === undefined || key === undefined) throw new Error('Node-RED has no certificate');
  return { cert: String(cert), key: String(key), ...(passphrase !== undefined && { passphrase }) };
}

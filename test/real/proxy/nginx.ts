/** A real nginx with one site, on a free port, in a folder of its own; ended by its own process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateFiles, writeCertificate } from '../../contract/support/certificates.ts';

export interface Nginx {
  port: number;
  /** What it shows, in PEM. */
  certificate: CertificateFiles;
  stop(): Promise<void>;
}

/** @param location - what stands in `location / { … }` */
export async function startNginx(port: number, location: string): Promise<Nginx> {
  const dir = mkdtempSync(join(tmpdir(), 'uma-nginx-'));
  const certificate = await writeCertificate(dir, 'localhost');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  );
  const file = join(dir, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log;
events {}
http {
  access_log off; ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate.cert}; ssl_certificate_key ${certificate.key};
    location / { ${location} }
  }
}
`,
  );
  const child = spawn('nginx', ['-c', file, '-p', dir, '-e', join(dir, 'error.log')], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await Promise.race([listening(port), exited.then(() => Promise.reject(new Error('nginx did not start')))]);
  return {
    port,
    certificate,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** There is no word from nginx when it listens. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['connect']),
      once(socket, 'error').then(() => ['error']),
    ]).catch(() => ['error']);
    socket.destroy();
    if (event === 'connect') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

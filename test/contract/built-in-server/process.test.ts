import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { askOverTls, writeCertificate } from '../support/certificates.ts';
import { signIn } from '../support/home.ts';
import { ownerName, ownerPassword } from '../support/running-server.ts';
import { registerClient, request } from '../support/test-client.ts';

interface Spawned {
  child: ChildProcess;
  said(): string;
  complained(): string;
  exited: Promise<unknown[]>;
}

describe('npm run server', function () {
  this.timeout(30_000);
  let dir: string;
  const running: Spawned[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'uma-process-'));
  });
  afterEach(async () => {
    for (const { child, exited } of running.splice(0)) {
      child.kill('SIGKILL');
      await exited;
    }
    await rm(dir, { recursive: true, force: true });
  });

  const run = (args: string[], env: Record<string, string> = {}): Spawned => {
    const child = spawn(process.execPath, ['--import=tsx/esm', 'bin/server.ts', '--dir', dir, ...args], {
      env: { ...process.env, UMA_OWNER: '', UMA_OWNER_PASSWORD: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: string[] = [];
    const err: string[] = [];
    child.stdout?.on('data', (chunk) => out.push(String(chunk)));
    child.stderr?.on('data', (chunk) => err.push(String(chunk)));
    const spawned = { child, said: () => out.join(''), complained: () => err.join(''), exited: once(child, 'exit') };
    running.push(spawned);
    return spawned;
  };
  const answers = async ({ child, complained }: Spawned): Promise<void> => {
    if (!child.stdout) throw new Error('no output');
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => assert.fail(complained()))]);
  };

  it('prints the issuer and one line with the set-up link, nothing of the provider’s own notices, and stops cleanly on both signals', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const port = await freePort();
      const server = run(['--port', String(port)]);
      await answers(server);
      const issuer = `http://127.0.0.1:${port}`;
      assert.equal((await request(`${issuer}/jwks`)).status, 200);
      // The provider reads a form here, and is not the first to do so.
      const client = await registerClient(issuer);
      assert.equal((await client.rpt('none')).body.error, 'invalid_grant');
      server.child.kill(signal);
      assert.deepEqual(await server.exited, [0, null]);
      const lines = server.said().trim().split('\n');
      assert.equal(lines.length, 2);
      assert.ok(lines[0]?.endsWith(issuer));
      assert.equal(lines.filter((line) => line.includes(`${issuer}/setup?code=`)).length, 1);
      assert.equal(server.complained(), '');
    }
  });

  it('makes the owner that the environment names, never changes one, and prints no link then', async () => {
    const port = await freePort();
    const env = { UMA_OWNER: ownerName, UMA_OWNER_PASSWORD: ownerPassword };
    const first = run(['--port', String(port)], env);
    await answers(first);
    assert.doesNotMatch(first.said(), /setup\?code/);
    await signIn(`http://127.0.0.1:${port}`);
    first.child.kill('SIGKILL');
    await first.exited;
    const second = run(['--port', String(port)], { ...env, UMA_OWNER_PASSWORD: 'quite another one' });
    await answers(second);
    await signIn(`http://127.0.0.1:${port}`);
    assert.doesNotMatch(second.said() + second.complained(), new RegExp(ownerPassword));
  });

  it('--reset-owner prints a link for a new password', async () => {
    const port = await freePort();
    const env = { UMA_OWNER: ownerName, UMA_OWNER_PASSWORD: ownerPassword };
    const first = run(['--port', String(port)], env);
    await answers(first);
    first.child.kill('SIGTERM');
    await first.exited;
    const second = run(['--port', String(port), '--reset-owner']);
    await answers(second);
    assert.match(second.said(), /setup\?code=/);
  });

  it('--rotate-key signs with a new key, says its fingerprint, and shows both with the old one’s word', async () => {
    const port = await freePort();
    const first = run(['--port', String(port)]);
    await answers(first);
    const [before] = (await request(`http://127.0.0.1:${port}/jwks`)).body.keys;
    first.child.kill('SIGTERM');
    await first.exited;
    const second = run(['--port', String(port), '--rotate-key']);
    await answers(second);
    const { keys, succession } = (await request(`http://127.0.0.1:${port}/jwks`)).body;
    assert.equal(keys.length, 2);
    assert.equal(keys[1].kid, before.kid);
    assert.equal(succession.length, 1);
    assert.ok(second.complained().includes(keys[0].kid));
  });

  it('a port in use: one sentence, exit 1', async () => {
    const port = await freePort();
    const first = run(['--port', String(port)]);
    await answers(first);
    const second = run(['--port', String(port), '--dir', join(dir, 'other')]);
    assert.deepEqual(await second.exited, [1, null]);
    assert.match(second.complained(), new RegExp(`^Port ${port} [^\\n]*\\.\\n$`));
  });

  it('a directory in use: refused in words, exit 1', async () => {
    const first = run(['--port', String(await freePort())]);
    await answers(first);
    const second = run(['--port', String(await freePort())]);
    assert.deepEqual(await second.exited, [1, null]);
    assert.doesNotMatch(second.complained(), /\bat .*:\d+:\d+/);
    assert.ok(second.complained().length > 10);
  });

  it('--help: what can be said, exit 0', async () => {
    const server = run(['--help']);
    assert.deepEqual(await server.exited, [0, null]);
    for (const option of ['--port', '--issuer', '--reset-owner', '--rotate-key', 'UMA_OWNER'])
      assert.ok(server.said().includes(option), option);
  });

  it('UMA_PORT chooses the port where --port does not', async () => {
    const port = await freePort();
    const server = run([], { UMA_PORT: String(port) });
    await answers(server);
    assert.match(server.said(), new RegExp(`answers at http://127.0.0.1:${port}\n`));
  });

  it('is overheard only where somebody says so, and tells it then', async () => {
    const port = String(await freePort());
    const nas = ['--port', port, '--issuer', 'http://nas.example:1862'];
    const unasked = run(nas);
    assert.deepEqual(await unasked.exited, [1, null]);
    assert.match(unasked.complained(), /^Nothing sent to http:\/\/nas\.example:1862 would be encrypted\.[^\n]*\n$/);
    for (const [args, warns] of [
      [[...nas, '--not-encrypted'], true],
      [['--port', port, '--issuer', 'https://nas.example'], false],
      [['--port', port, '--issuer', `http://localhost:${port}`], false],
    ] as const) {
      const server = run([...args]);
      await answers(server);
      assert.equal(/Nothing sent there is encrypted/.test(server.said()), warns, args.join(' '));
      server.child.kill('SIGTERM');
      await server.exited;
    }
  });

  it('--make-certificate: answers over TLS and prints the fingerprint to compare; --cert and --key take one from files', async () => {
    const port = await freePort();
    const args = ['--port', String(port), '--host', 'every', '--issuer', `https://pi.test:${port}`];
    const made = run([...args, '--make-certificate']);
    await answers(made);
    const { fingerprint } = await askOverTls(`https://pi.test:${port}`, '/jwks');
    assert.ok(made.said().includes(fingerprint));
    assert.match(made.said(), new RegExp(`https://pi.test:${port}/setup\\?code=`));
    made.child.kill('SIGTERM');
    await made.exited;
    const { cert, key } = await writeCertificate(dir, 'pi.test');
    const given = run([...args, '--cert', cert, '--key', key]);
    await answers(given);
    assert.notEqual((await askOverTls(`https://pi.test:${port}`, '/jwks')).fingerprint, fingerprint);
    assert.doesNotMatch(given.said(), /fingerprint/);
  });

  it('a certificate that cannot be used: one sentence that says what to do, exit 1', async () => {
    const port = String(await freePort());
    const none = join(dir, 'none.pem');
    const server = run(['--port', port, '--issuer', `https://pi.test:${port}`, '--cert', none, '--key', none]);
    assert.deepEqual(await server.exited, [1, null]);
    assert.match(server.complained(), /^[^\n]*none\.pem[^\n]*\.\n$/);
  });

  it('arguments that make no sense: says so and how, exit 1', async () => {
    for (const args of [
      ['--port', 'many'],
      ['--port', '70000'],
      ['--colour'],
      ['--rate-limits', 'maybe'],
      ['--issuer', 'x'],
      ['--make-certificate'],
      ['--cert', 'a.pem', '--issuer', 'https://pi.test:1862'],
      ['--make-certificate', '--cert', 'a.pem', '--key', 'b.pem', '--issuer', 'https://pi.test:1862'],
    ]) {
      const server = run(args);
      assert.deepEqual(await server.exited, [1, null], args.join(' '));
      assert.doesNotMatch(server.complained(), /\bat .*:\d+:\d+/, args.join(' '));
    }
  });
});

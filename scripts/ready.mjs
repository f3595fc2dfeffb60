// Makes a fresh checkout runnable with Node's own modules alone: installs when the lock changed, builds when a source is newer.
// `npm install --include=dev`, not `npm ci`: some platforms' optional binaries are missing from mirrors, and `ci` then fails.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.ready');
const built = join(root, 'dist', '.built');
const lockFile = join(root, '.ready.lock');
const quiet = process.argv.includes('--quiet');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: this needs Node 20.19 or newer.`);
  process.exit(1);
}

function say(line) {
  if (!quiet) console.log(line);
}

function run(command, args) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (done.status === 0) return;
  console.error(`${command} ${args.join(' ')} failed:\n${done.stdout ?? ''}${done.stderr ?? ''}`);
  process.exit(1);
}

function lockHash() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function newestSource() {
  const sources = [
    'lib',
    'nodes',
    'portal',
    'bin',
    'demo',
    'bench',
    'icons',
    'scripts/build.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'tsconfig.portal.json',
    'package.json',
  ];
  return Math.max(...sources.map((source) => newest(join(root, source))));
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One install or build at a time; a lock whose process is gone is taken over. */
function lock() {
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    try {
      const handle = openSync(lockFile, 'wx');
      writeFileSync(handle, String(process.pid));
      closeSync(handle);
      process.on('exit', () => rmSync(lockFile, { force: true }));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : 0);
      if (owner && !alive(owner)) rmSync(lockFile, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  console.error('Another install or build of this checkout has not finished. If none is running, delete .ready.lock.');
  process.exit(1);
}

const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
const current = () => existsSync(built) && statSync(built).mtimeMs >= newestSource();

if (!installed() || !current()) {
  lock();
  if (!installed()) {
    say('Installing what this needs (once) …');
    run('npm', ['install', '--include=dev', '--no-audit', '--no-fund']);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, lockHash());
  }
  if (!current()) {
    say('Building …');
    run(process.execPath, ['scripts/build.mjs']);
  }
}

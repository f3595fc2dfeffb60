/** A disk that is full or read-only, and a store that must not be opened: an error in words, and nothing is let through for it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../flows/support/eventually.ts';
import { type FlowHome, openFlowHome, owner, signIn } from '../flows/support/flow-home.ts';
import { addressOf } from '../flows/support/load.ts';
import { outsideDevice, send } from '../flows/support/outside-device.ts';
import { type ServerProcess, serverProcess } from '../flows/support/server-process.ts';
import { freePort } from '../support/free-port.ts';
import { shortOrLong } from '../support/seeded.ts';
import { fullAtBytes, limited, limitFileSize, whyNoDisks, whyNoLimits, withDisk } from './support/limits.ts';
import { permitting } from './support/permitted.ts';

const permitted = permitting();

const cannotBeWritten = /The folder \S+ cannot be written \(E[A-Z]+\)\. .*disk is not full or read-only/;
const program = join(import.meta.dirname, '..', '..', 'dist', 'bin', 'server.js');

/** Skips, and says why, what this computer cannot do. */
function needs(context: Mocha.Context, why: string | undefined): void {
  if (why === undefined) return;
  console.log(`      skipped: ${why}`);
  context.skip();
}

describe('the disk is full while Node-RED runs', () => {
  let home: FlowHome;
  before(async function () {
    needs(this, whyNoLimits());
    home = await openFlowHome();
  });
  after(async () => {
    await home?.remove();
  });

  it('what is revoked is refused all the same, the flow hears of it in words, and everybody else goes on', async () => {
    const [ended, steady] = [await permitted(home, 'Ended'), await permitted(home, 'Steady')];
    limitFileSize(home.nodeRed.pid, fullAtBytes);

    const { status, body } = await home.knock('/test/revoke', { share: ended.share });
    assert.deepEqual([status, body.error], [500, 'store_not_writable']);
    assert.match(body.uma.hint, cannotBeWritten);
    const refused = await ended.device.call(ended.rpt);
    assert.equal(refused.body.error, 'revoked');
    assert.equal((await steady.device.call(steady.rpt)).status, 200);

    limitFileSize(home.nodeRed.pid);
    const receipt = await home.knock('/test/revoke', { share: ended.share });
    assert.equal(receipt.status, 200);
    assert.equal((await ended.device.call(ended.rpt)).body.error, 'revoked');
    await home.kill();
    await home.start();
    await home.ready();
    assert.equal((await ended.device.call(ended.rpt)).body.error, 'revoked');
    assert.equal((await steady.device.call(steady.rpt)).status, 200);
  });

  it('what could not be kept is not called done: no grant, no token, and nothing of it is there later', async () => {
    const { device } = await permitted(home, 'Late');
    const newcomer = await outsideDevice(home, 'Newcomer');
    const session = await home.owner();
    const wish = {
      resource: await home.resource('Dishwasher'),
      party: { kind: 'device', id: newcomer.client.clientId },
      scopes: ['start'],
    };
    limitFileSize(home.nodeRed.pid, fullAtBytes);

    const granted = await session('POST', '/api/shares', wish);
    assert.deepEqual([granted.status, granted.body.error], [500, 'server_error']);
    await assert.rejects(device.rpt(undefined, addressOf(90)), /no RPT: .*"error":"server_error"/);
    const byFlow = await home.knock('/test/share');
    assert.equal(byFlow.status, 500);
    await assert.rejects(outsideDevice(home, 'Nobody'), /not registered/);
    assert.equal((await session('GET', '/api/shares')).status, 200, 'what is there can be read');
    assert.ok(home.lines.some((line) => cannotBeWritten.test(line)));

    limitFileSize(home.nodeRed.pid);
    const { body } = await session('GET', '/api/shares?limit=500');
    const parties = body.items.map(({ party }: { party: { id: string } }) => party.id);
    assert.ok(!parties.includes(newcomer.client.clientId));
    assert.equal((await session('POST', '/api/shares', wish)).status, 201);
    assert.equal((await newcomer.call(await newcomer.rpt(undefined, addressOf(91)))).status, 200);
    assert.deepEqual(
      home.lines.filter((line) => /Uncaught|Unhandled/.test(line)),
      [],
    );
  });
});

describe('the disk is full while the server runs as a process of its own', () => {
  let server: ServerProcess;
  before(async function () {
    needs(this, whyNoLimits());
    server = await serverProcess(owner);
  });
  after(async () => {
    await server?.remove();
  });

  it('it says so in its log, acknowledges nothing, and goes on where it was once there is room', async () => {
    const session = await signIn(server.issuer);
    limitFileSize(server.pid(), fullAtBytes);
    const refused = await session('POST', '/api/registration-tokens', { for: 'device', uses: 1, expiresIn: 60 });
    assert.deepEqual([refused.status, refused.body.error], [500, 'server_error']);
    await assert.rejects(signIn(server.issuer), /not signed in/);
    await eventually('the log should say why', async () => server.lines.some((line) => cannotBeWritten.test(line)));
    assert.equal((await session('GET', '/api/home')).status, 200);
    limitFileSize(server.pid());
    const given = await session('POST', '/api/registration-tokens', { for: 'device', uses: 1, expiresIn: 60 });
    assert.equal(given.status, 201);
    await server.kill();
    await server.start();
    assert.equal((await session('GET', '/api/home')).status, 200);
  });
});

describe('npm run server where the disk takes nothing', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'uma-full-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** @returns the exit code and what was printed; a server that runs is ended. */
  async function run(command: readonly string[]): Promise<{ code: number | null | 'runs'; said: string }> {
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      env: { ...process.env, UMA_OWNER: owner.name, UMA_OWNER_PASSWORD: owner.password },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    const runs = new Promise<'runs'>((resolve) => {
      const hear = (chunk: Buffer): void => {
        said.push(String(chunk));
        if (/answers at/.test(said.join(''))) resolve('runs');
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
    });
    const closed = once(child, 'close');
    const code = await Promise.race([closed.then(([code]) => code as number | null), runs]);
    child.kill('SIGKILL');
    await closed;
    return { code, said: said.join('') };
  }

  const node = async (at: string): Promise<string[]> => {
    return [process.execPath, program, '--dir', at, '--port', String(await freePort())];
  };

  for (const bytes of shortOrLong([0, 4096], [0, 100, 4096, 8192, 20_000])) {
    it(`it cannot write beyond ${bytes} bytes: one sentence, exit 1, and what was begun is in nobody's way later`, async function () {
      needs(this, whyNoLimits());
      const refused = await run(limited(bytes, await node(join(dir, 'uma'))));
      assert.equal(refused.code, 1, refused.said);
      assert.match(refused.said, cannotBeWritten);
      assert.doesNotMatch(refused.said, /\bat .*:\d+:\d+/);
      assert.equal((await run(await node(join(dir, 'uma')))).code, 'runs');
    });
  }

  for (const kilobytes of shortOrLong([8, 60], [4, 8, 20, 60])) {
    it(`a real disk with ${kilobytes} kB left: one sentence, exit 1`, async function () {
      needs(this, whyNoDisks(dir));
      const { code, said } = await run(withDisk(dir, { kilobytes }, await node(join(dir, 'uma'))));
      assert.equal(code, 1, said);
      assert.match(said, cannotBeWritten);
    });
  }

  it('a read-only disk, with a store on it or without: one sentence, exit 1, and the store is as it was', async function () {
    needs(this, whyNoDisks(dir));
    const fresh = await run(withDisk(dir, 'read-only', await node(join(dir, 'uma'))));
    assert.equal(fresh.code, 1, fresh.said);
    // Node makes folders one below the other, and tells of the last that it missed.
    assert.match(fresh.said, cannotBeWritten);
    assert.equal((await run(await node(join(dir, 'uma')))).code, 'runs');
    const before = readFileSync(join(dir, 'uma', 'server', 'data.mdb'));
    const again = await run(withDisk(dir, 'read-only', await node(join(dir, 'uma'))));
    assert.equal(again.code, 1, again.said);
    assert.match(again.said, /cannot be written \(EROFS\)/);
    assert.deepEqual(readFileSync(join(dir, 'uma', 'server', 'data.mdb')), before);
    assert.equal((await run(await node(join(dir, 'uma')))).code, 'runs');
  });

  const obstacles: Record<string, { put(server: string): void; sentence: RegExp }> = {
    'was cut short': {
      put: (server) => truncateSync(join(server, 'data.mdb'), 10_000),
      sentence: /is damaged: the file is cut short\. Put back a backup/,
    },
    'is of a newer version': {
      put: (server) => writeFileSync(join(server, 'format'), '2\n'),
      sentence: /was written by a newer version of this package/,
    },
  };
  for (const [what, { put, sentence }] of Object.entries(obstacles)) {
    it(`its store ${what}: one sentence that says what to do, exit 1, and nothing is changed`, async () => {
      const uma = join(dir, 'uma');
      assert.equal((await run(await node(uma))).code, 'runs');
      put(join(uma, 'server'));
      const before = readFileSync(join(uma, 'server', 'data.mdb'));
      const { code, said } = await run(await node(uma));
      assert.equal(code, 1);
      assert.match(said, sentence);
      assert.deepEqual(readFileSync(join(uma, 'server', 'data.mdb')), before);
    });
  }
});

describe('Node-RED over a store that must not be opened', () => {
  let home: FlowHome;
  before(async () => {
    home = await openFlowHome();
  });
  after(async () => {
    await home?.remove();
  });

  it('runs, lets nothing through, says what to do, changes nothing, and goes on once it is mended', async () => {
    const { device, rpt } = await permitted(home, 'Kept');
    const gateway = join(home.userDir, 'uma', 'gateway');
    const data = join(gateway, 'data.mdb');
    await home.kill();
    const whole = readFileSync(data);
    const faults = [
      { put: () => truncateSync(data, 10_000), sentence: /is damaged: the file is cut short/ },
      { put: () => writeFileSync(join(gateway, 'format'), '2\n'), sentence: /written by a newer version/ },
      {
        // A living process that is not ours; the start of the process is not known, so its number counts.
        put: () => writeFileSync(join(gateway, 'lock'), JSON.stringify({ pid: process.pid, takenAtMs: Date.now() })),
        sentence: new RegExp(`already in use by process ${process.pid}`),
      },
    ];
    await home.start();
    await home.ready();
    for (const { put, sentence } of shortOrLong(faults.slice(-1), faults)) {
      await home.kill();
      put();
      const spoilt = readFileSync(data);
      await home.start();
      await home.nodeRed.line(sentence);
      const answer = await device.call(rpt);
      assert.deepEqual([answer.status, answer.body.error], [403, 'not_set_up']);
      assert.equal((await send(`${home.url}/dishwasher/start`)).status, 403);
      const revoked = await home.knock('/test/revoke', { share: 'any' });
      assert.equal(revoked.status, 500);
      assert.match(revoked.body.uma.hint, sentence);
      assert.deepEqual(readFileSync(data), spoilt);
      writeFileSync(data, whole);
      writeFileSync(join(gateway, 'format'), '1\n');
      rmSync(join(gateway, 'lock'), { force: true });
      await home.deploy('full');
      await home.ready();
      await eventually('it should pass again', async () => (await device.call(rpt)).status === 200);
    }
  });
});

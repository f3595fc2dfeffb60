/** `npm start`, as a newcomer uses it: the story, Ctrl-C, the next start, panic, and everything that keeps it from starting. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openEditorLine } from '../../demo/editor-line.ts';
import { signIn } from '../../demo/owner.ts';
import { type DemoPlace, demoPlace, holderOf, type RunningDemo, spawnDemo, startDemo } from '../support/demo-home.ts';
import { signIn as signInByApi } from './support/flow-home.ts';

/** What the story tells, in this order. */
const story = [
  /A stranger asks the dishwasher to start: refused \(401\)/,
  /The thermostat asks: it waits for its owner \(\d/,
  /The owner shares: Thermostat may start Dishwasher\./,
  /The thermostat asks again, with a token bound to its key: the dishwasher started \(\d/,
  /The doorbell asks too: nobody shared with it, so it waits\./,
  /A burglar .* proves it with a key of his own: refused \(401, wrong_key\)/,
  /He sends the thermostat's own proof a second time: refused \(401, proof_replayed\)/,
  /A message of the thermostat is made, .* held back/,
  /The owner revokes\. The held message is refused \(401, revoked\) [\d.]+ ms after the call of revoke; by its receipt it took effect here within [\d.]+ ms/,
  /That was the story, in [\d.]+ s/,
];

function assertTold(output: string): void {
  let from = 0;
  for (const sentence of story) {
    const at = output.slice(from).search(sentence);
    assert.notEqual(at, -1, `after what was told before, ${sentence} is missing in:\n${output}`);
    from += at + 1;
  }
}

/** One that has ended and that nobody has asked after yet (a zombie) runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    // Without /proc the signal alone has told.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync('/proc/self');
  }
}

/** A process that is nobody's child here tells nobody when it ends. */
async function gone(pid: number): Promise<void> {
  for (let looks = 0; isRunning(pid); looks += 1) {
    assert.ok(looks < 300, `process ${pid} goes on running`);
    await setTimeout(50);
  }
}

/** Presses a button of the demo's flow and gives what its debug node shows. */
async function pressed(demo: RunningDemo, button: string, heard: string): Promise<Record<string, unknown>> {
  const line = await openEditorLine(demo.url);
  try {
    const shown = line.heard(heard);
    await line.press(button);
    return (await shown).value as Record<string, unknown>;
  } finally {
    line.close();
  }
}

const shareAgain = (demo: RunningDemo) => pressed(demo, 'fs-press-share', 'fs-heard-share');
const askAsThermostat = (demo: RunningDemo) => pressed(demo, 'fs-press-thermostat', 'fs-heard-thermostat');
const panic = (demo: RunningDemo) => pressed(demo, 'fs-press-panic', 'fs-heard-panic');

describe('the demo', () => {
  const places: DemoPlace[] = [];
  const running = new Set<RunningDemo>();

  async function place(): Promise<DemoPlace> {
    const made = await demoPlace();
    places.push(made);
    return made;
  }
  async function start(where: DemoPlace, args: string[] = [], env: Record<string, string> = {}): Promise<RunningDemo> {
    const demo = await startDemo(where, args, env);
    running.add(demo);
    return demo;
  }
  async function stop(demo: RunningDemo): Promise<void> {
    running.delete(demo);
    assert.equal(await demo.stop(), 0);
    assert.equal(isRunning(demo.nodeRedPid), false, 'Node-RED was left running');
  }

  after(async () => {
    for (const demo of running) await demo.stop();
    for (const { remove } of places) remove();
  });

  describe('at its first start', () => {
    let home: DemoPlace;
    let demo: RunningDemo;
    before(async () => {
      home = await place();
      demo = await start(home);
    });

    it('lets its Node-RED in as an outside program and tells the story', () => {
      assert.match(demo.output(), /asked to act for its owner with the code \w{4}-\w{4}; the owner approved/);
      assertTold(demo.output());
    });

    it('ends with the addresses, the path of the password (for this user alone) and a line to try', async () => {
      const file = join(home.dir, 'owner-password');
      const output = demo.output();
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const own = `Your first share  ${demo.url}/#flow/ph-tab`;
      for (const words of [own, `${demo.url}/`, `${demo.issuer}/`, file, 'sign in as "demo"'])
        assert.ok(output.includes(words), words);
      assert.equal(output.includes(demo.password), false);
      const [, url = ''] = /curl -i -X POST (\S+)/.exec(output) ?? [];
      const tried = await fetch(url, { method: 'POST' });
      assert.equal(tried.status, 401);
      assert.match(tried.headers.get('www-authenticate') ?? '', /^UMA .*ticket="/);
    });

    it('has a lamp beside the story, which its visitor may share', async () => {
      const visitor = await signInByApi(demo.issuer, { name: 'demo', password: demo.password });
      const idOf = async (list: string, name: string): Promise<string> =>
        (await visitor('GET', `/api/${list}`)).body.items.find((item: { name: string }) => item.name === name).id;
      const party = { kind: 'device', id: await idOf('devices', 'Doorbell') };
      const wish = { resource: await idOf('resources', 'Lamp'), party, scopes: ['turn-on'] };
      assert.equal((await visitor('POST', '/api/shares', wish)).status, 201);
    });

    it('leaves nothing running on Ctrl-C and ends with 0', () => stop(demo));

    it('remembers at the next start and tells no story, but asks once and shows that it still waits', async () => {
      const again = await start(home);
      const output = again.output();
      assert.match(
        output,
        /Remembered: the owner "demo", 2 devices \(.*Thermostat.*\), 2 resources \(.*Dishwasher.*\), 1 share in force, 1 share ended, \d requests? waiting, 1 receipt\./,
      );
      assert.match(output, /The thermostat asks: it still waits for its owner\./);
      assert.doesNotMatch(output, /stranger|burglar|code \w{4}-/);
      await stop(again);
    });

    it('tells the story once more with --again, and leaves what its visitor has shared', async () => {
      const again = await start(home, ['--again']);
      assertTold(again.output());
      const visitor = await signInByApi(again.issuer, { name: 'demo', password: again.password });
      const { items } = (await visitor('GET', '/api/shares')).body;
      assert.deepEqual(
        items.map(({ sentence }: { sentence: string }) => sentence),
        ['Doorbell may turn on Lamp'],
      );
      await stop(again);
    });
  });

  describe('when its story is broken off', () => {
    let home: DemoPlace;
    before(async () => {
      home = await place();
    });

    it('ends with 0 on Ctrl-C in the middle', async () => {
      const demo = spawnDemo(home);
      await demo.printed(/The owner shares/);
      const pid = holderOf(home);
      assert.equal(await demo.end('SIGINT'), 0);
      assert.equal(isRunning(pid), false);
    });

    it('tells it from the start the next time, after taking back what was shared', async () => {
      const demo = await start(home);
      assert.match(demo.output(), /not told to its end last time/);
      assert.match(demo.output(), /first takes back what was shared before \(1\)/);
      assertTold(demo.output());
    });

    it('takes Node-RED along when it is killed itself, and starts again at once', async () => {
      const [demo] = running;
      assert.ok(demo);
      running.delete(demo);
      await demo.kill();
      await gone(demo.nodeRedPid);
      const again = await start(home);
      assert.match(again.output(), /Remembered: .* 2 shares ended/);
      await stop(again);
    });

    it('ends with 0 on Ctrl-C before its Node-RED runs', async () => {
      const demo = spawnDemo(home);
      await demo.printed(/Starting Node-RED/);
      assert.equal(await demo.end('SIGINT'), 0);
    });
  });

  describe('after the panic button', () => {
    let home: DemoPlace;
    let demo: RunningDemo;
    before(async () => {
      home = await place();
      demo = await start(home);
    });

    it('refuses what was shared, at once and at the next start', async () => {
      await shareAgain(demo);
      assert.equal((await askAsThermostat(demo)).statusCode, 200);
      await panic(demo);
      const denied = await askAsThermostat(demo);
      assert.deepEqual([denied.outcome, String(denied.hint).slice(0, 22)], ['denied', 'Everything is stopped.']);
      await stop(demo);
      demo = await start(home);
      assert.match(demo.output(), /Panic: everything is stopped since .* npm start -- --resume/);
      assert.match(demo.output(), /The thermostat asks: refused \(/);
      await stop(demo);
    });

    it('tells no story while it lasts, not even with --again', async () => {
      demo = await start(home, ['--again']);
      assert.match(demo.output(), /Panic: everything is stopped .*\n.*The story is not told meanwhile/);
      assert.doesNotMatch(demo.output(), /dishwasher started/);
      await stop(demo);
    });

    it('goes on with --resume where it was: what was shared holds, and flows may share again', async () => {
      demo = await start(home, ['--resume']);
      assert.match(demo.output(), /The owner, with the password, ends the panic/);
      assert.match(demo.output(), /1 share in force/);
      assert.match(demo.output(), /its share still holds, and the dishwasher started/);
      await shareAgain(demo);
      await stop(demo);
    });

    it('says with --resume that there is nothing to end, and tells the story with --again', async () => {
      demo = await start(home, ['--resume', '--again']);
      assert.match(demo.output(), /There is no panic to end/);
      assertTold(demo.output());
      await stop(demo);
    });
  });

  describe('started by a caller with a password of their own', () => {
    const password = 'a password that the caller brought';
    let home: DemoPlace;
    before(async () => {
      home = await place();
    });

    it('takes that one, writes none down and prints none', async () => {
      const demo = await start(home, [], { UMA_OWNER_PASSWORD: password, UMA_OWNER: 'alice' });
      const owner = await signIn(demo.issuer, 'alice', password);
      await owner.signOut();
      assert.equal(existsSync(join(home.dir, 'owner-password')), false);
      assert.equal(demo.output().includes(password), false);
      assert.match(demo.output(), /sign in as "alice"[\s\S]*the one in UMA_OWNER_PASSWORD/);
      await stop(demo);
    });

    it('says in one sentence that another password does not change it', async () => {
      const demo = spawnDemo(home, [], { UMA_OWNER_PASSWORD: 'yet another password', UMA_OWNER: 'alice' });
      assert.equal(await demo.ended(), 1);
      assert.match(demo.output(), /"alice" cannot sign in .* make an owner, and never change one\.$/);
    });
  });

  describe('what keeps it from starting is one sentence and exit 1', () => {
    let home: DemoPlace;
    before(async () => {
      home = await place();
    });

    async function refusedWith(sentence: RegExp, env: Record<string, string> = {}, args: string[] = []): Promise<void> {
      const demo = spawnDemo(home, args, env);
      assert.equal(await demo.ended(), 1);
      assert.match(demo.output().trim(), sentence);
    }

    for (const variable of ['PORT', 'UMA_PORT'])
      it(`a port in use, naming ${variable}; nothing is begun`, async () => {
        const server = createServer().listen(variable === 'PORT' ? home.port : home.serverPort, '127.0.0.1');
        await once(server, 'listening');
        await refusedWith(
          new RegExp(
            `^Port \\d+ is in use\\. If the demo is running already, .* Ctrl-C\\. Otherwise choose another with ${variable}, for example: ${variable}=\\d+ npm start$`,
          ),
        );
        server.close();
        assert.deepEqual(readdirSync(home.dir), []);
      });

    it('the same port twice', () =>
      refusedWith(/^PORT and UMA_PORT are both \d+.*\.$/, { UMA_PORT: String(home.port) }));

    it('something that is no port', () => refusedWith(/^UMA_PORT must be a port number.*\.$/, { UMA_PORT: 'many' }));

    it('an option that it does not know', () => refusedWith(/^There are two options: .*\.$/, {}, ['--agian']));

    it('a folder that cannot be written', async () => {
      const file = join(home.dir, 'a-file');
      writeFileSync(file, '');
      await refusedWith(/^The demo's folder .* cannot be written \(\w+\)\. .*UMA_DEMO_DIR.*$/, {
        UMA_DEMO_DIR: join(file, 'demo'),
      });
    });

    it('a password that is too short; Node-RED is stopped again', async () => {
      await refusedWith(/^Starting .*\n+.*password of at least 10 characters\.$/, { UMA_OWNER_PASSWORD: 'short' });
      assert.equal(existsSync(join(home.dir, 'uma', 'gateway', 'lock')), false);
    });

    it('a flow file that is damaged, without touching it', async () => {
      writeFileSync(join(home.dir, 'flows.json'), '[{"id":');
      await refusedWith(/^The flow in .*flows\.json cannot be read\. .*$/);
      assert.equal(readFileSync(join(home.dir, 'flows.json'), 'utf8'), '[{"id":');
    });
  });
});

/** One's own Node-RED: the first example is imported into an empty one, nobody owns anything yet, and then somebody does. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EditorLine, openEditorLine } from '../../demo/editor-line.ts';
import { portTrouble } from '../../demo/free-port.ts';
import { type NodeRedProcess, prepareUserDir, startNodeRed } from '../../demo/node-red-process.ts';
import { flow, inTime, type Shown } from '../../demo/stage.ts';
import { freePort } from '../support/free-port.ts';

const root = join(import.meta.dirname, '..', '..');
const owner = { name: 'alice', password: 'correct horse battery' };
const overheard = { press: flow.burglar.press, heard: flow.burglar.heard };

type FlowNode = Record<string, unknown>;

/** The example as the editor imports it, its server changed in the form. */
function example(server: FlowNode): FlowNode[] {
  const nodes = JSON.parse(readFileSync(join(root, 'examples', 'First steps.json'), 'utf8')) as FlowNode[];
  return nodes.map((node) => (node.type === 'uma-authorization-server' ? { ...node, ...server } : node));
}

/** What "import a copy" makes of it: other ids everywhere, and another address, since an address is given out once. */
function copied(nodes: FlowNode[]): FlowNode[] {
  const text = JSON.stringify(nodes).replaceAll('"fs-', '"copy-').replaceAll('"uma-home-', '"copy-home-');
  return (JSON.parse(text) as FlowNode[]).map((node) =>
    node.type === 'http in' ? { ...node, url: '/copy/dishwasher/start' } : node,
  );
}

interface OwnNodeRed {
  nodeRed: NodeRedProcess;
  line: EditorLine;
  /** Everything that Node-RED printed. */
  lines: string[];
  end(): Promise<void>;
}

async function emptyNodeRed(): Promise<OwnNodeRed> {
  const userDir = mkdtempSync(join(tmpdir(), 'uma-first-steps-'));
  const port = await freePort();
  const lines: string[] = [];
  prepareUserDir(userDir, root, port);
  const env = { UMA_OWNER: '', UMA_OWNER_PASSWORD: '' };
  const nodeRed = await startNodeRed({ userDir, port, env, onLine: (text) => lines.push(text) });
  const line = await openEditorLine(nodeRed.url);
  const end = async (): Promise<void> => {
    line.close();
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  };
  return { nodeRed, line, lines, end };
}

async function press({ line }: OwnNodeRed, { press: button, heard }: { press: string; heard: string }): Promise<Shown> {
  const next = line.heard(heard, undefined, performance.now());
  const [{ value }] = await inTime(button, Promise.all([next, line.press(button)]));
  return value as Shown;
}

const isLink = (text: string): boolean => /\/setup\?code=/.test(text);
const linkIn = (text: string): URL => new URL(/http\S+\/setup\?code=\S+/.exec(text)?.[0] ?? '');

/** What the server node's form is told. */
async function standing({ nodeRed }: OwnNodeRed, server = 'uma-home-server'): Promise<Record<string, unknown>> {
  const response = await fetch(`${nodeRed.url}/uma-home/servers/${server}`, { headers: { 'x-uma-home': '1' } });
  return (await response.json()) as Record<string, unknown>;
}

/** The thermostat waits, the owner shares by the flow's button, and the dishwasher starts. */
async function sharesAndStarts(own: OwnNodeRed): Promise<void> {
  assert.equal((await press(own, flow.thermostat)).outcome, 'pending');
  assert.equal((await press(own, flow.share)).sentence, 'Thermostat may start Dishwasher');
  const { statusCode, payload } = await press(own, flow.thermostat);
  assert.deepEqual([statusCode, payload?.started], [200, true]);
}

describe('the first example in an empty Node-RED', () => {
  let own: OwnNodeRed;
  let nodes: FlowNode[];
  let serverPort: number;
  let issuer: string;

  before(async () => {
    own = await emptyNodeRed();
    serverPort = await freePort();
    issuer = `http://127.0.0.1:${serverPort}`;
    nodes = example({ port: String(serverPort) });
    await own.line.deploy(nodes, 'full');
    await own.nodeRed.line(/\/setup\?code=/);
  });
  after(() => own?.end());

  describe('before anybody owns it', () => {
    it('prints the set-up link in one line, and nothing else that opens it', () => {
      assert.equal(own.lines.filter(isLink).length, 1);
      const { origin, searchParams } = linkIn(own.lines.find(isLink) ?? '');
      assert.equal(origin, issuer);
      const code = searchParams.get('code') ?? '';
      assert.equal(own.lines.filter((text) => text.includes(code)).length, 1);
    });

    for (const [who, button] of [
      ['the thermostat', flow.thermostat],
      ['the doorbell', flow.doorbell],
      ['a device by HTTP headers', overheard],
    ] as const)
      it(`answers ${who} with needs-info, and says what to do`, async () => {
        const shown = await press(own, button);
        assert.equal(shown.outcome, 'needs-info');
        assert.match(shown.sentence ?? '', /not connected to an owner yet/);
        if (button !== overheard) assert.match(shown.hint ?? '', /set-up link/);
      });

    it('answers share with OwnerNotConnected and the same advice', async () => {
      const shown = (await press(own, { press: flow.share.press, heard: flow.mistakes })) as Shown & { code?: string };
      assert.equal(shown.code, 'OwnerNotConnected');
      assert.match(shown.hint ?? '', /set-up link/);
    });

    it('answers the panic button in the same way: it must not stop the home of whoever owns it later', async () => {
      const shown = await press(own, { press: 'fs-press-panic', heard: flow.mistakes });
      assert.match(shown.hint ?? '', /set-up link/);
    });

    it('UMA Grant 3.2.2: refuses a stranger with 403 and Warning 199, without a ticket that would lead nowhere', async () => {
      const response = await fetch(`${own.nodeRed.url}/dishwasher/start`, { method: 'POST' });
      assert.equal(response.status, 403);
      assert.match(response.headers.get('warning') ?? '', /^199 - "UMA Authorization Server Unreachable"/);
      assert.equal(response.headers.get('www-authenticate'), null);
      assert.equal(((await response.json()) as { error: string }).error, 'not_set_up');
    });

    it('shows "no owner yet" under the nodes', async () => {
      for (const [type, id] of [
        ['uma-request', 'fs-ask-thermostat'],
        ['share', 'fs-share'],
        ['revoke', 'fs-panic'],
      ] as const) {
        assert.equal(own.line.status(id), 'status.no-owner', id);
        const words = await fetch(`${own.nodeRed.url}/locales/@uma-home/node-red-uma/${type}?lng=en-US`);
        const { status } = (await words.json()) as { status: Record<string, string> };
        assert.equal(status['no-owner'], 'no owner yet', type);
      }
    });

    it('has its forms, statuses and help in German too, for every German browser', async () => {
      for (const language of ['de', 'de-AT']) {
        const words = await fetch(`${own.nodeRed.url}/locales/@uma-home/node-red-uma/share?lng=${language}`);
        const { status } = (await words.json()) as { status: Record<string, string> };
        assert.equal(status['no-owner'], 'noch kein Besitzer', language);
        const headers = { accept: 'text/html', 'accept-language': `${language},en;q=0.5` };
        const forms = await (await fetch(`${own.nodeRed.url}/nodes`, { headers })).text();
        assert.match(forms, /data-help-name="share">\s*<p>Der Besitzer sagt Ja/, language);
      }
      const told = await fetch(`${own.nodeRed.url}/uma-home/servers/uma-home-server`, {
        headers: { 'x-uma-home': '1', 'accept-language': 'de' },
      });
      assert.match(((await told.json()) as { sentence: string }).sentence, /^Dieses Zuhause hat noch keinen Besitzer/);
    });

    it('shows the link to nobody in the editor, which has no login', async () => {
      const told = await standing(own);
      assert.equal(told.phase, 'no-owner');
      assert.equal(isLink(JSON.stringify(told)), false);
    });
  });

  describe('imported a second time', () => {
    const said = (pattern: RegExp): number => own.lines.filter((text) => pattern.test(text)).length;
    let otherPort: number;

    async function withCopy(server: FlowNode): Promise<void> {
      otherPort = await freePort();
      const copy = copied(nodes).map((node) =>
        node.type === 'uma-authorization-server' ? { ...node, port: String(otherPort), ...server } : node,
      );
      await own.line.deploy([...nodes, ...copy], 'full');
      await inTime(
        'the copied nodes should run',
        press(own, { press: 'copy-press-doorbell', heard: 'copy-heard-doorbell' }),
      );
    }

    it('uses the server that is there, says so, and prints its link once', async () => {
      const before = said(/\/setup\?code=/);
      await withCopy({});
      assert.equal(said(/already has the connection "home"/), 1);
      assert.equal(said(/\/setup\?code=/), before + 1);
      assert.equal((await standing(own, 'copy-home-server')).phase, 'no-owner');
      assert.equal(await portTrouble(otherPort), undefined, 'a second server listens');
    });

    it('uses it for another connection too, which is a gateway of its own there', async () => {
      await withCopy({ connection: 'second' });
      await own.nodeRed.line(/"second" yet\. Open this link/);
      assert.equal(said(/one built-in server.*"second" uses that of "home"/), 1);
      const [first, second] = [await standing(own), await standing(own, 'copy-home-server')];
      assert.deepEqual([first.phase, second.phase], ['no-owner', 'no-owner']);
      assert.notEqual(first.userCode, second.userCode);
      assert.equal(await portTrouble(otherPort), undefined, 'a second server listens');
    });

    after(() => own.line.deploy(nodes, 'full'));
  });

  describe('set up by its link', () => {
    let link: URL;
    const sendForm = (fields: Record<string, string>): Promise<Response> =>
      fetch(new URL('/setup', link), { method: 'POST', body: new URLSearchParams(fields) });
    const filled = () => ({ ...Object.fromEntries(link.searchParams), ...owner, again: owner.password, grant: 'yes' });

    before(() => {
      link = linkIn(own.lines.filter((text) => /"home" yet\. Open/.test(text)).at(-1) ?? '');
    });

    it('shows a form, and refuses a wrong code', async () => {
      const page = await fetch(link);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<form method="post" action="\/setup">/);
      assert.equal((await sendForm({ ...filled(), code: 'wrong' })).ok, false);
    });

    it('makes the owner and lets this Node-RED in, in one step', async () => {
      const done = await sendForm(filled());
      assert.equal(done.status, 200, await done.text());
      await own.nodeRed.line(/"home" is connected to its owner/);
      assert.equal((await standing(own)).phase, 'ready');
      assert.deepEqual(
        own.lines.filter((text) => /let it in with the code/.test(text)),
        [],
        'nothing is left to approve',
      );
    });

    it('then works: the thermostat waits, is shared with, and starts the dishwasher', () => sharesAndStarts(own));

    it('lets its owner see who waits, and say yes, by the flow alone', async () => {
      const yes = { press: 'fs-press-requests', heard: 'fs-heard-approved' };
      assert.match((await press(own, yes)).sentence ?? '', /Nobody waits/);
      assert.equal((await press(own, flow.doorbell)).outcome, 'pending');
      assert.match((await press(own, yes)).sentence ?? '', /Doorbell may start Dishwasher/);
      assert.equal((await press(own, flow.doorbell)).statusCode, 200);
    });

    it('and a stranger is told where to ask (UMA Grant 3.2.1)', async () => {
      const response = await fetch(`${own.nodeRed.url}/dishwasher/start`, { method: 'POST' });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', new RegExp(`^UMA .*as_uri="${issuer}".*ticket="`));
    });

    it('makes no second owner', async () => {
      assert.match(await (await sendForm({ ...filled(), name: 'mallory' })).text(), /already/i);
      const signIn = await fetch(`${issuer}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...owner, name: 'mallory' }),
      });
      assert.equal(signIn.status, 401);
    });

    it('shares devices and resource with a copy of the example: they are known by their keys, not by node ids', async () => {
      await own.line.deploy([...nodes, ...copied(nodes)], 'full');
      const copy = { press: 'copy-press-thermostat', heard: 'copy-heard-thermostat' };
      const { statusCode, payload } = await press(own, copy);
      assert.deepEqual([statusCode, payload?.started], [200, true]);
    });
  });
});

describe('the first example with the built-in server as a process of its own', () => {
  let own: OwnNodeRed;
  let server: ChildProcess;
  let dir: string;
  let issuer: string;
  let code: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'uma-first-steps-server-'));
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    const program = join(root, 'dist', 'bin', 'server.js');
    const env = { ...process.env, UMA_OWNER: '', UMA_OWNER_PASSWORD: '' };
    server = spawn(process.execPath, [program, '--port', String(port), '--dir', dir], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed = createInterface({ input: server.stdout ?? assert.fail() });
    for await (const text of printed) {
      if (!isLink(text)) continue;
      code = linkIn(text).searchParams.get('code') ?? '';
      break;
    }
    own = await emptyNodeRed();
    await own.line.deploy(example({ kind: 'built-in-at', url: issuer }), 'full');
    await own.nodeRed.line(/Nobody owns the home/);
  });
  after(async () => {
    await own?.end();
    if (server) {
      const closed = once(server, 'close');
      server.kill();
      await closed;
    }
    rmSync(dir, { recursive: true, force: true });
  });

  it('knows no link of a server that is not its own, and answers needs-info', async () => {
    assert.deepEqual(own.lines.filter(isLink), []);
    const shown = await press(own, flow.thermostat);
    assert.equal(shown.outcome, 'needs-info');
    assert.match(shown.hint ?? '', /a server that runs by itself/);
  });

  it('is let in by POST /api/setup with its code, in the same step as the owner is made', async () => {
    const { userCode } = await standing(own);
    const made = await fetch(`${issuer}/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, ...owner, connect: userCode }),
    });
    assert.equal(made.status, 201, await made.text());
    await own.nodeRed.line(/"home" is connected to its owner/);
  });

  it('then works as with its own', () => sharesAndStarts(own));
});

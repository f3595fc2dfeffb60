/** Nothing that opens a door shows anywhere: the whole story is told, every secret of it is known, and looked for. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type EditorLine, openEditorLine } from '../../demo/editor-line.ts';
import type { NodeRedProcess } from '../../demo/node-red-process.ts';
import { flow, inTime, type Shown } from '../../demo/stage.ts';
import { eventually } from './support/eventually.ts';
import { type ListeningHome, listeningHome } from './support/listening-home.ts';
import { collectStores, collectWire, type Kind, kinds, type Secrets, secretsMade } from './support/secrets-made.ts';

const owner = { name: 'alice', password: 'größer & 100 % "sicher"' };
const panic = { press: 'fs-press-panic', heard: 'fs-heard-panic' };
const byToken = { press: 'st-press-token', heard: 'st-revoked' };

interface Told {
  setUpLink: string;
  /** What a form's page answered while something was wrong. */
  pages: string[];
  /** Answers of Node-RED's admin side, each with the place it came from. */
  admin: [string, string][];
  /** What the owner's own lists said. */
  lists: [string, string][];
  processes: string;
}

type Call = (method: string, path: string, body?: object) => Promise<Response>;

async function setUp({ issuer }: ListeningHome, told: Told): Promise<void> {
  const { searchParams } = new URL(told.setUpLink);
  const fields = { ...Object.fromEntries(searchParams), ...owner, again: 'another password', grant: 'yes' };
  const send = async (body: Record<string, string>): Promise<Response> =>
    fetch(`${issuer}/setup`, { method: 'POST', body: new URLSearchParams(body) });
  const wrong = await send(fields);
  assert.equal(wrong.status, 400);
  told.pages.push(await wrong.text());
  const right = await send({ ...fields, again: owner.password });
  assert.equal(right.status, 200, await right.text());
}

async function signIn({ issuer }: ListeningHome, password = owner.password): Promise<Call> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: owner.name, password });
  const response = await fetch(`${issuer}/api/session`, { method: 'POST', headers, body });
  const { csrfToken = '' } = (await response.json()) as { csrfToken?: string };
  headers.cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  headers['x-csrf-token'] = csrfToken;
  return (method, path, sent) => fetch(issuer + path, { method, headers, ...(sent && { body: JSON.stringify(sent) }) });
}

const adminPlaces = [
  ...['/flows', '/flow/fs-tab', '/nodes', '/settings', '/settings/user', '/context/global', '/context/flow/fs-tab'],
  ...['/diagnostics', '/library/local/flows', '/credentials/uma-authorization-server/st-second'],
  ...['', '/devices', '/resources', '/shares'].map((list) => `/uma-home/servers/uma-home-server${list}`),
];

async function askAdmin({ url, issuer }: ListeningHome, told: Told): Promise<void> {
  const headers = { 'x-uma-home': '1', accept: 'application/json', 'content-type': 'application/json' };
  const ask = async (path: string, init: RequestInit = {}): Promise<void> => {
    const response = await fetch(url + path, { ...init, headers: { ...headers, ...init.headers } });
    assert.ok(response.status < 500, `${path}: ${response.status}`);
    told.admin.push([path, await response.text()]);
  };
  for (const path of adminPlaces) await ask(path);
  await ask('/flows', { headers: { 'Node-RED-API-Version': 'v2' } });
  for (const kind of ['built-in', 'built-in-at'])
    await ask('/uma-home/test', {
      method: 'POST',
      body: JSON.stringify({ id: 'uma-home-server', kind, url: issuer, port: new URL(issuer).port }),
    });
}

async function press(line: EditorLine, { press: button, heard }: typeof panic, step?: string): Promise<Shown> {
  const fits = (value: unknown): boolean => step === undefined || (value as Shown).step === step;
  const next = line.heard(heard, fits, performance.now());
  const [{ value }] = await inTime(button, Promise.all([next, line.press(button)]));
  return value as Shown;
}

async function tellStory(line: EditorLine, dishwasher: string): Promise<void> {
  const stranger = await fetch(dishwasher, { method: 'POST' });
  assert.equal(stranger.status, 401);
  assert.equal((await press(line, flow.thermostat)).outcome, 'pending');
  assert.match((await press(line, flow.share)).sentence ?? '', /Thermostat/);
  assert.equal((await press(line, flow.thermostat)).statusCode, 200);
  assert.equal((await press(line, flow.doorbell)).outcome, 'pending');
  assert.equal((await press(line, flow.burglar, 'replay')).payload?.error, 'proof_replayed');
  await press(line, flow.hold);
  const released = line.heard(flow.released, undefined, performance.now());
  assert.ok((await press(line, flow.revoke)).receipt);
  assert.equal(((await inTime('the held message', released)).value as Shown).payload?.error, 'revoked');
}

/** Mistakes of a flow's author: a token stands where a share's name belongs, and a share is to be given in a panic. */
async function makeMistakes(line: EditorLine): Promise<void> {
  await press(line, flow.share);
  const misnamed = line.heard(flow.mistakes, undefined, performance.now());
  await press(line, byToken);
  await inTime('the mistake', misnamed);
  assert.ok((await press(line, panic)).receipt);
  await press(line, { press: flow.share.press, heard: flow.mistakes });
}

/** Somebody who overheard everything sends it again, whole and broken. */
async function sendAgain(home: ListeningHome): Promise<number> {
  const token = collectWire(secretsMade(), home.file('wire')).filter(({ url }) => url === '/token');
  assert.ok(token.length > 4);
  let refused = 0;
  for (const { headers, body } of token.slice(0, 12)) {
    const named = headers.flatMap((name, index): [string, string][] =>
      index % 2 === 0 && /^(dpop|authorization|content-type)$/i.test(name) ? [[name, headers[index + 1] ?? '']] : [],
    );
    for (const sent of [body, body.slice(0, -9), `${body}&${body}`]) {
      const response = await fetch(`${home.issuer}/token`, { method: 'POST', headers: named, body: sent });
      if (response.status >= 400 && response.status < 500) refused += 1;
    }
  }
  const body = `{"name":"alice","password":${JSON.stringify(owner.password)}`;
  const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  for (const path of ['/api/session', '/api/setup', '/perm', '/reg'])
    assert.ok((await fetch(home.issuer + path, broken)).status >= 400);
  return refused;
}

/** A second gateway joins with a token that lies among the credentials of its node. */
async function addGateway({ issuer: url }: ListeningHome, call: Call, line: EditorLine): Promise<void> {
  const made = await call('POST', '/api/registration-tokens', { for: 'gateway', uses: 1, expiresIn: 600 });
  const { token } = (await made.json()) as { token: string };
  const node = { id: 'st-second', type: 'uma-authorization-server', name: 'Second', connection: 'second' };
  const credentials = { registrationToken: token };
  const second = { ...node, kind: 'built-in-at', url, port: '', addresses: [], credentials };
  await line.deploy([...(await line.flows()), second], 'nodes');
}

async function readLists(call: Call, told: Told): Promise<void> {
  const lists = ['home', 'shares', 'requests', 'devices', 'gateways', 'sessions', 'history', 'receipts'];
  for (const list of lists) {
    const response = await call('GET', `/api/${list}`);
    assert.equal(response.status, 200, list);
    told.lists.push([list, await response.text()]);
  }
}

/** Of a process and of all that it started, as anybody on this computer sees them. */
function argumentsOf(pid: number): string {
  if (process.platform === 'win32') return 'node-red';
  const all = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = all.map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? []);
  const below = (parent: string): string[] =>
    rows.flatMap(([, id = '', from, args = '']) => {
      if (id === parent) return [args];
      return from === parent ? below(id) : [];
    });
  return below(String(pid)).join('\n');
}

async function firstLife(home: ListeningHome, told: Told): Promise<void> {
  const nodeRed = await home.start();
  const line = await openEditorLine(home.url);
  const printed = await nodeRed.line(/\/setup\?code=/);
  told.setUpLink = /http\S+\/setup\?code=[^\s]+/.exec(printed)?.[0] ?? '';
  await askAdmin(home, told);
  await setUp(home, told);
  await nodeRed.line(/connected to its owner/);
  await signIn(home, `${owner.password}!`);
  const call = await signIn(home);
  await tellStory(line, `${home.url}/dishwasher/start`);
  await addGateway(home, call, line);
  await nodeRed.line(/"second".*connected to its owner/);
  await makeMistakes(line);
  told.processes = argumentsOf(nodeRed.pid);
  assert.ok((await sendAgain(home)) > 20);
  await askAdmin(home, told);
  // The panic ended this session.
  const again = await signIn(home);
  assert.equal((await again('DELETE', '/api/panic', { password: owner.password })).status, 200);
  line.close();
  await nodeRed.stop();
}

/** Everything is read back from the disk, and the owner lets flows act again, by the code that the mistake tells. */
async function secondLife(home: ListeningHome, told: Told): Promise<void> {
  const nodeRed: NodeRedProcess = await home.start();
  const line = await openEditorLine(home.url);
  await nodeRed.line(/connected to its owner/);
  const call = await signIn(home);
  const { hint = '' } = await press(line, { press: flow.share.press, heard: flow.mistakes });
  const [code] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(hint) ?? [];
  assert.equal((await call('POST', `/api/codes/${code}/approve`, {})).status, 200, hint);
  await eventually('the gateway hears of the approval', async () => {
    const from = performance.now();
    const shared = line.heard(flow.share.heard, undefined, from).then(() => true);
    const mistaken = line.heard(flow.mistakes, undefined, from).then(() => false);
    await line.press(flow.share.press);
    return inTime('sharing again', Promise.race([shared, mistaken]));
  });
  // The panic left a cut: what is issued in the second after its confirmation is refused with what was issued before.
  await eventually('the thermostat starts the dishwasher again', async () => {
    const { statusCode, reason } = await press(line, flow.thermostat);
    assert.ok(statusCode === 200 || reason === 'revoked', reason);
    return statusCode === 200;
  });
  await askAdmin(home, told);
  await readLists(call, told);
  line.close();
  await nodeRed.stop();
}

function filesBelow(dir: string, without: string[] = []): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (without.includes(entry.name) || entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? [path, ...filesBelow(path)] : [path];
  });
}

const isFile = (path: string): boolean => statSync(path).isFile();

describe('no secret shows', () => {
  const secrets: Secrets = secretsMade();
  const told: Told = { setUpLink: '', pages: [], admin: [], lists: [], processes: '' };
  let home: ListeningHome;
  let uma: string;

  before(async () => {
    home = await listeningHome();
    uma = join(home.userDir, 'uma');
    await firstLife(home, told);
    await secondLife(home, told);
    secrets.add('password', owner.password);
    secrets.add('set-up code', new URL(told.setUpLink).searchParams.get('code'));
    collectWire(secrets, home.file('wire'));
    for (const connection of ['home', 'second']) await collectStores(secrets, uma, connection);
  });
  after(() => home?.remove());

  function hidden(places: [string, string | Buffer][], except?: readonly Kind[]): void {
    const shown = places.flatMap(([place, text]) => secrets.shownIn(text, except).map((kind) => `${kind} in ${place}`));
    assert.deepEqual(shown, []);
  }

  describe('this test can fail', () => {
    it('it knows secrets of every kind', () => {
      const count = secrets.count();
      if (process.env.UMA_TELL_SECRET_COUNTS) console.log(count);
      assert.deepEqual(Object.keys(count), [...kinds]);
      for (const [kind, found] of Object.entries(count)) assert.ok(found >= 1, `no ${kind} was found`);
      // Three devices prove and ask: the gateway, the thermostat, the doorbell.
      assert.ok((count['DPoP proof'] ?? 0) > 10 && (count["device's private key"] ?? 0) === 2);
    });

    it('it finds what was on the wire', () => {
      const never: Kind[] = kinds.filter((kind) => /key$/.test(kind));
      assert.deepEqual(
        secrets.shownIn(home.read('wire')),
        kinds.filter((kind) => !never.includes(kind)),
      );
    });

    it('it finds each secret whole, cut short and in other writings', () => {
      const writings: ((secret: string) => string)[] = [
        (secret) => secret,
        (secret) => JSON.stringify({ secret }),
        (secret) => JSON.stringify({ msg: JSON.stringify({ secret }) }),
        (secret) => new URLSearchParams({ secret }).toString(),
        (secret) => Buffer.from(secret).toString('hex'),
      ];
      for (const kind of kinds)
        for (const secret of secrets.of(kind)) {
          for (const write of writings) assert.ok(secrets.shownIn(`… ${write(secret)} …`).includes(kind), kind);
          if (secret.length > 30 && !secret.includes('.'))
            assert.ok(secrets.shownIn(`${secret.slice(0, 24)}…`).includes(kind), kind);
        }
      assert.deepEqual(secrets.shownIn('nothing of that'), []);
    });

    it('it listened everywhere', () => {
      const [log, heard, comms] = [home.read('log'), home.read('flow'), home.read('comms')];
      assert.ok(home.lines.some((line) => line.includes('[trace]') || line.includes('[metric]')));
      assert.match(log, /level: 60|level: 99/);
      assert.match(heard, /^uma \{/m);
      for (const what of ['error', 'caught']) assert.match(heard, new RegExp(`^${what} `, 'm'));
      for (const id of ['fs-heard-burglar', 'fs-heard-error', 'st-whole', 'st-revoked']) assert.ok(comms.includes(id));
      for (const id of ['fs-check', 'fs-ask-thermostat', 'fs-revoke']) assert.ok(comms.includes(`status/${id}`), id);
      assert.match(told.processes, /node-red|red\.js/);
      for (const [place, text] of told.admin) if (place.endsWith('/devices')) assert.match(text, /"items"/);
    });
  });

  it('the set-up code is printed in one line, and no log handler gets it', () => {
    const lines = home.lines.filter((line) => secrets.shownIn(line).includes('set-up code'));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /\/setup\?code=/);
  });

  it('Node-RED prints none, from trace on', () => {
    const [withLink, others] = [true, false].map((has) =>
      home.lines.filter((line) => line.includes(told.setUpLink) === has),
    );
    hidden([['the line with the set-up link', `${withLink}`]], ['set-up code']);
    hidden([
      ['another line', `${others?.join('\n')}`],
      ['a log handler', home.read('log')],
    ]);
  });

  it('no debug message, status or notice to the editor shows one', () => {
    hidden([['the line of the editor', home.read('comms')]]);
  });

  it('neither msg.uma nor an error has one, nor what hangs on it', () => {
    hidden([['a message', home.read('flow')]]);
  });

  it('Node-RED answers nobody with one, and exports none', () => {
    hidden(told.admin);
  });

  it("the owner's lists show none", () => {
    hidden(told.lists);
  });

  it('a form that comes back does not bring the password', () => {
    hidden(
      told.pages.map((page) => ['the set-up page', page]),
      ['set-up code'],
    );
  });

  it('no argument of a process is one', () => {
    hidden([['ps', told.processes]]);
  });

  it('no file of the userDir beside the stores holds one', () => {
    const files = filesBelow(home.userDir, ['uma', 'node_modules']).filter(isFile);
    const names = files.map((file) => relative(home.userDir, file));
    for (const name of ['flows.json', 'flows_cred.json', 'settings.js', '.config.runtime.json', '.config.nodes.json'])
      assert.ok(names.includes(name), `${name} of ${names}`);
    hidden(files.map((file) => [relative(home.userDir, file), readFileSync(file)]));
  });

  it('the stores hold none in clear: keys and refresh tokens are sealed, the rest is known by its hash', () => {
    const files = filesBelow(uma).filter(isFile);
    const data = files.filter((file) => relative(uma, file) !== 'key');
    assert.ok(data.length >= 2 && data.some((file) => statSync(file).size > 10_000));
    hidden(data.map((file) => [relative(uma, file), readFileSync(file)]));
    hidden([['the key file', readFileSync(join(uma, 'key'))]], ['sealing key']);
  });

  it('others on this computer cannot read the stores', function () {
    if (process.platform === 'win32') this.skip();
    const modes = [uma, ...filesBelow(uma)].map((path) => ({
      path: relative(home.userDir, path),
      mode: (statSync(path).mode & 0o777).toString(8),
      wanted: isFile(path) ? '600' : '700',
    }));
    assert.ok(modes.length > 4);
    assert.deepEqual(
      modes.filter(({ mode, wanted }) => mode !== wanted),
      [],
    );
  });
});

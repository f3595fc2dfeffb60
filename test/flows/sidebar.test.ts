/** The editor's sidebar against a real Node-RED: decisions while they happen, a yes, and what no flow has any more. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'undici';
import { addOpenLogin } from '../support/open-login.ts';
import { answered, type FlowHome, flowHome, type Told } from './support/flow-home.ts';

interface Decided {
  at: number;
  allowed: boolean;
  reason?: string;
  times: number;
  words: Record<string, { sentence: string; why?: string }>;
}

interface Editor {
  /** Resolves with what is told once it fulfils this; what was told already counts too. */
  told(fulfils: (decided: Decided[]) => boolean): Promise<Decided[]>;
  close(): Promise<void>;
}

/** Listens as the sidebar does, on the editor's own connection. */
async function openEditor(url: string): Promise<Editor> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`);
  let last: Decided[] = [];
  const changed = new EventTarget();
  socket.addEventListener('message', ({ data }) => {
    for (const { topic, data: told } of [JSON.parse(String(data))].flat() as { topic?: string; data: Decided[] }[]) {
      if (topic !== 'uma-home/decisions/t-server') continue;
      last = told;
      changed.dispatchEvent(new Event('told'));
    }
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ subscribe: 'uma-home/decisions/#' }));
  return {
    async told(fulfils) {
      while (!fulfils(last)) await once(changed, 'told');
      return last;
    },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

describe('the sidebar', () => {
  let home: FlowHome;
  before(async () => {
    home = await flowHome();
    addOpenLogin(home.userDir);
    await home.start();
    await home.ready();
    await home.resource('Dishwasher');
  });
  after(async () => await home?.remove());

  const headers = { 'x-uma-home': '1', 'content-type': 'application/json' };
  const list = async (name: string): Promise<{ id: string; name: string; notes: string[] }[]> =>
    (await answered(await fetch(`${home.url}/uma-home/sidebar/t-server/${name}`, { headers }))).body.items;
  const act = async (path: string, body: object = {}): Promise<Told> => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return answered(await fetch(`${home.url}/uma-home/sidebar/t-server/${path}`, init));
  };

  it('hears each decision with its reason while it happens, and an editor that is opened later hears the last ones', async () => {
    const editor = await openEditor(home.url);
    assert.equal((await home.knock('/dishwasher/start')).status, 401);
    const [first] = await editor.told(({ length }) => length > 0);
    const { at, ...words } = first ?? assert.fail('nothing was told');
    assert.deepEqual(words, {
      ...{ allowed: false, reason: 'no_token', times: 1 },
      words: {
        en: { sentence: 'Not let through: start Dishwasher.', why: 'No token was sent.' },
        de: { sentence: 'Nicht durchgelassen: Dishwasher starten.', why: 'Es wurde kein Token gesendet.' },
      },
    });
    assert.ok(Math.abs(at - Date.now()) < 60_000);
    await editor.close();
    const later = await openEditor(home.url);
    assert.equal((await later.told(({ length }) => length > 0)).length, 1);
    await later.close();
  });

  it('says yes to a request, and sees what it allowed pass; no token and no proof is told', async () => {
    const editor = await openEditor(home.url);
    assert.equal((await home.knock('/test/call')).body.uma.outcome, 'pending');
    const [request] = await list('requests');
    assert.equal(request?.name, 'Thermostat asks to start Dishwasher');
    assert.deepEqual((await act(`requests/${request?.id}/approve`, { limit: 'day' })).body, {
      done: true,
      sentence: 'The request was allowed.',
    });
    assert.match((await list('shares'))[0]?.name ?? '', /^Thermostat may start Dishwasher until /);
    assert.deepEqual(await list('requests'), []);
    assert.equal((await home.knock('/test/call')).body.uma.outcome, 'allowed');
    const told = await editor.told((decided) => decided.some(({ allowed }) => allowed));
    assert.equal(told[0]?.words.en?.sentence, 'Let through: Thermostat may start Dishwasher.');
    assert.doesNotMatch(JSON.stringify(told), /eyJ|DPoP|Bearer|ticket/);
    await editor.close();
  });

  it('stops a device: its next message is refused, and the reason is told', async () => {
    const editor = await openEditor(home.url);
    const [thermostat] = await list('devices');
    assert.deepEqual(thermostat?.notes, ['in use', 'key kept by this Node-RED']);
    assert.equal((await act(`devices/${thermostat?.id}/suspend`)).body.done, true);
    assert.notEqual((await home.knock('/test/call')).body.uma?.outcome, 'allowed');
    assert.equal((await list('devices'))[0]?.notes[0], 'stopped for now');
    await editor.close();
  });

  it('takes a share back', async () => {
    const [share] = await list('shares');
    assert.match(share?.name ?? '', /^Thermostat may start Dishwasher/);
    const { done, sentence } = (await act(`shares/${share?.id}/revoke`)).body;
    assert.deepEqual([done, sentence], [true, 'Taken back: nothing of it is let through any more.']);
    assert.deepEqual(await list('shares'), []);
  });

  it('keeps what was decided over a deploy, and shows what no flow has any more', async () => {
    await home.deploy(
      'full',
      home.flow.filter(({ type, key }) => type !== 'uma-resource' || key !== 'oven'),
    );
    const oven = (await list('resources')).find(({ name }) => name === 'Oven');
    assert.ok(oven?.notes.includes('no longer in a flow'), JSON.stringify(oven));
    const editor = await openEditor(home.url);
    assert.ok((await editor.told(({ length }) => length > 0)).some(({ allowed }) => allowed));
    await editor.close();
  });
});

import assert from 'node:assert/strict';
import { createHalf } from '../../../portal/session/half.ts';
import { createApi } from '../../../portal/wire/api.ts';
import { everyPage } from '../../../portal/wire/every-page.ts';

interface Sent {
  path: string;
  init: RequestInit;
}

/** A server that answers in turn; an `Error` stands for a connection that breaks. */
function fakeServer(...answers: (Response | Error)[]) {
  const kept = new Map([['uma-portal-session', 'half']]);
  const half = createHalf(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }));
  const sent: Sent[] = [];
  let losses = 0;
  const api = createApi({
    half,
    lost: () => {
      losses += 1;
    },
    fetch: async (path, init) => {
      sent.push({ path, init });
      const answer = answers.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nothing more was expected');
      return answer;
    },
  });
  return { api, half, sent, losses: () => losses };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const headerOf = ({ init }: Sent, name: string) => new Headers(init.headers).get(name);

describe('the portal’s way to the owner API', () => {
  it('sends its half of the session with reads too, and a type only with a body', async () => {
    const { api, sent } = fakeServer(json({ owner: 'alice' }), json({ id: 'sh_1' }, 201));
    assert.deepEqual(await api.get('/api/home'), { ok: true, value: { owner: 'alice' } });
    assert.deepEqual(await api.act('POST', '/api/shares', { scopes: ['start'] }), { ok: true, value: { id: 'sh_1' } });
    assert.deepEqual(
      sent.map((one) => headerOf(one, 'x-csrf-token')),
      ['half', 'half'],
    );
    assert.deepEqual(
      sent.map((one) => headerOf(one, 'content-type')),
      [null, 'application/json'],
    );
    assert.equal(sent[1]?.init.body, '{"scopes":["start"]}');
  });

  it('takes an answer without content, and a refusal with its hint', async () => {
    const refusal = { error: 'panic_active', error_description: '…', hint: 'Everything is stopped.' };
    const { api } = fakeServer(new Response(null, { status: 204 }), json(refusal, 409));
    assert.equal((await api.act('DELETE', '/api/session')).ok, true);
    const refused = await api.act('POST', '/api/shares', {});
    assert.deepEqual(refused, { ok: false, error: 'panic_active', hint: 'Everything is stopped.' });
  });

  it('says that it does not know whether something was done, and never sends it again', async () => {
    const { api, sent } = fakeServer(new Error('broken'), new Error('broken'), new Response('<html>'));
    assert.deepEqual(await api.act('POST', '/api/panic', {}), { ok: false, error: 'unheard' });
    assert.deepEqual(await api.get('/api/home'), { ok: false, error: 'no_connection' });
    assert.deepEqual(await api.get('/api/home'), { ok: false, error: 'no_connection' }, 'not our server');
    assert.equal(sent.length, 3);
  });

  it('loses its session where the server says so, not by any other 401', async () => {
    const { api, losses } = fakeServer(json({ error: 'sign_in_failed' }, 401), json({ error: 'sign_in_needed' }, 401));
    await api.act('POST', '/api/session', {});
    assert.equal(losses(), 0);
    await api.get('/api/home');
    assert.equal(losses(), 1);
  });

  it('has not lost what another tab has signed in anew meanwhile', async () => {
    const server = fakeServer();
    const api = createApi({
      half: server.half,
      lost: () => assert.fail('signed in'),
      fetch: async () => {
        server.half.keep('a newer half');
        return json({ error: 'sign_in_needed' }, 401);
      },
    });
    assert.equal((await api.get('/api/home')).ok, false);
  });

  it('follows only what is answered', async () => {
    const { api } = fakeServer(new Response(': alive\n\n'), json({ error: 'sign_in_needed' }, 401), new Error('away'));
    const { signal } = new AbortController();
    assert.equal((await api.follow('/api/events', signal))?.status, 200);
    assert.equal(await api.follow('/api/events', signal), undefined);
    assert.equal(await api.follow('/api/events', signal), undefined);
  });

  it('reads a long list to its end, and nothing of it where a part is missing', async () => {
    const parts = () => [json({ items: [1, 2], next: 'b&c' }), json({ items: [3] })];
    const { api, sent } = fakeServer(...parts());
    assert.deepEqual(await everyPage(api, '/api/devices?claimed=no'), { ok: true, value: [1, 2, 3] });
    const paths = ['/api/devices?claimed=no&limit=500', '/api/devices?claimed=no&limit=500&after=b%26c'];
    assert.deepEqual(
      sent.map(({ path }) => path),
      paths,
    );
    const broken = fakeServer(...parts().slice(0, 1), new Error('away'));
    assert.equal((await everyPage(broken.api, '/api/shares')).ok, false);
  });
});

describe('the portal’s half of a session', () => {
  it('lasts as long as the page where the browser keeps nothing', () => {
    const half = createHalf(() => {
      throw new Error('storage is switched off');
    });
    assert.equal(half.read(), undefined);
    half.keep('half');
    assert.equal(half.read(), 'half');
    half.forget();
    assert.equal(half.read(), undefined);
  });
});

/** Pages, hints and sentences in the language of whoever asks (RFC 9110 12.5.4). */
import assert from 'node:assert/strict';
import { type Answered, type AServer, aServer, call, PASSWORD, type SignedIn, signIn } from './a-server.ts';
import { aDevice, aGateway, aResource } from './outside-client.ts';

const austrian = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' };

const speaks = ({ headers }: Answered, language: string): void => {
  assert.equal(headers['content-language'], language);
  assert.equal(headers.vary, 'accept-language');
};

describe('the language of whoever asks', () => {
  let server: AServer;
  beforeEach(async () => {
    server = await aServer();
  });
  afterEach(() => server.end());

  const look = (path: string, headers = {}) => call(server.issuer, 'GET', path, { headers });

  const pages: [path: string, english: RegExp, german: RegExp][] = [
    ['/', /Permissions for this home/, /Was in diesem Zuhause erlaubt ist/],
    ['/setup', /There is nothing to set up/, /Es gibt nichts einzurichten/],
    ['/device', /Answer a code/, /Einen Code beantworten/],
    ['/panic', /Let everything go on/, /Alles weiterlaufen lassen/],
    ['/claims', /Who uses this device\?/, /Wer benutzt dieses Gerät\?/],
    ['/nothing-here', /Perhaps a letter is missing/, /Vielleicht fehlt ein Buchstabe/],
  ];
  for (const [path, english, german] of pages)
    it(`${path} is a page in English, and in German for a German browser`, async () => {
      const html = { accept: 'text/html' };
      for (const wished of [{}, { 'accept-language': 'en-GB,de;q=0.5' }, { 'accept-language': 'x'.repeat(10_000) }]) {
        const page = await look(path, { ...html, ...wished });
        assert.match(page.text, english);
        assert.match(page.text, /<html lang="en">/);
        speaks(page, 'en');
      }
      const page = await look(path, { ...html, ...austrian });
      assert.match(page.text, german);
      assert.match(page.text, /<html lang="de">/);
      assert.doesNotMatch(page.text, english);
      speaks(page, 'de');
    });

  it('a set-up link that is too old says so in German, and so does what was typed wrong', async () => {
    const fresh = await aServer({ owner: undefined } as object);
    try {
      const old = await call(fresh.issuer, 'GET', '/setup?code=ABC', { headers: austrian });
      assert.match(old.text, /role="alert" class="wrong">Dieser Link oder Code gilt nicht/);
      const form = { code: 'ABC', name: 'berta', password: PASSWORD, again: 'something else' };
      const wrong = await call(fresh.issuer, 'POST', '/setup', { form, headers: austrian });
      assert.equal(wrong.status, 400);
      assert.match(wrong.text, /Die beiden Passwörter sind nicht gleich/);
    } finally {
      await fresh.end();
    }
  });

  it('a wrong password on a page is told in German', async () => {
    const form = { name: 'alice', password: 'wrong' };
    const page = await call(server.issuer, 'POST', '/panic', { form, headers: austrian });
    assert.equal(page.status, 401);
    assert.match(page.text, /Name oder Passwort stimmt nicht/);
    speaks(page, 'de');
  });

  describe('the owner API', () => {
    let owner: SignedIn;
    beforeEach(async () => {
      owner = await signIn(server.issuer);
    });

    const api = (path: string, wished = {}) => look(path, { ...owner.headers, ...wished });

    it('hints are in the language of the caller; error and error_description are not', async () => {
      const english = await api('/api/codes/NOTACODE');
      const german = await api('/api/codes/NOTACODE', austrian);
      assert.equal(english.status, 404);
      assert.match(english.body.hint, /^This code is not right/);
      assert.match(german.body.hint, /^Dieser Code stimmt nicht/);
      assert.equal(german.body.error, english.body.error);
      assert.equal(german.body.error_description, english.body.error_description);
      speaks(english, 'en');
      speaks(german, 'de');
    });

    it('a share is told in the language of the caller, whoever made it', async () => {
      const resource = await aResource(await aGateway(server.issuer, owner));
      const party = { kind: 'device', id: await aDevice(server.issuer) };
      const json = { resource, party, scopes: ['start'], conditions: { once: true } };
      const headers = { ...owner.headers, ...austrian };
      const made = await call(server.issuer, 'POST', '/api/shares', { json, headers });
      assert.equal(made.body.sentence, 'Thermostat darf Dishwasher starten: nur einmal');
      const path = `/api/shares/${made.body.id}`;
      const changed = await call(server.issuer, 'PATCH', path, { json: { conditions: {} }, headers });
      assert.equal(changed.body.sentence, 'Thermostat darf Dishwasher starten');
      speaks(changed, 'de');
      const [listed] = (await api('/api/shares', austrian)).body.items;
      assert.equal(listed.sentence, 'Thermostat darf Dishwasher starten');
      const [english] = (await api('/api/shares')).body.items;
      assert.equal(english.sentence, 'Thermostat may start Dishwasher');
    });

    it('an answer without words says nothing of language', async () => {
      const gone = await call(server.issuer, 'DELETE', '/api/session', { headers: { ...owner.headers, ...austrian } });
      assert.equal(gone.status, 204);
      assert.equal(gone.headers['content-language'], undefined);
    });

    it('whoever is not signed in is told so in German too', async () => {
      const answer = await look('/api/shares', austrian);
      assert.match(answer.body.hint, /Melde dich zuerst an/);
      speaks(answer, 'de');
      const json = { name: 'alice', password: 'wrong password' };
      const refused = await call(server.issuer, 'POST', '/api/session', { json, headers: austrian });
      assert.match(refused.body.hint, /Name oder Passwort stimmt nicht/);
    });
  });
});

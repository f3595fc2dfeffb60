/** What a gateway tells, seen by its owner while it happens: what left the flows, what was not let through, and what is forgotten. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { openEvents } from '../../contract/support/event-stream.ts';
import { type Home, openHome } from '../../contract/support/home.ts';
import { newKey } from '../../contract/support/test-key.ts';
import { launchOrSkip, openWindow, type Watched } from './support/browser.ts';
import { goTo, openHomePage } from './support/owner-page.ts';
import { shot } from './support/shot.ts';

describe('the owner’s pages, told by a gateway', () => {
  let browser: Browser;
  let home: Home;
  let window: Watched;
  before(async function () {
    browser = await launchOrSkip(this);
    home = await openHome();
    window = await openWindow(browser, home.issuer);
    await openHomePage(window.page);
  });
  after(async () => {
    window?.assertCalm();
    await window?.context.close();
    await home?.close();
    await browser?.close();
  });

  const shoot = (name: string) => shot(window.page, `told-${name}`, false);
  const call = (method: string, path: string, body: object) => home.gateway.call(method, path, home.pat, body);

  it('mark a device that no flow has any more, say what can be done, and take the mark away again', async () => {
    const { page } = window;
    const key = await newKey();
    const made = await call('POST', '/reg', { client_name: 'Thermostat', jwks: { keys: [key.publicJwk] } });
    const id = made.body.client_id;
    await page.getByRole('heading', { name: 'Thermostat' }).waitFor();
    const mark = page.getByText('no longer in a flow', { exact: true });
    assert.equal(await mark.count(), 0, 'of a gateway that never said nothing is known');
    await call('PUT', '/in-flows', { devices: [], resources: [home.resource] });
    await mark.waitFor();
    await goTo(page, `#/device/${id}`, 'Thermostat');
    await page.getByText('No flow of Node-RED has this device any more.').waitFor();
    await shoot('left-flow');
    await call('PUT', '/in-flows', { devices: [id], resources: [home.resource] });
    await mark.waitFor({ state: 'detached' });
  });

  it('show what was not let through as one line that counts, with its reason', async () => {
    const { page } = window;
    await goTo(page, '#/history', 'History');
    const now = Math.floor(Date.now() / 1000);
    const refusal = { resource: home.resource, reason: 'wrong_audience', first: now, last: now };
    await call('POST', '/refusals', { refusals: [{ ...refusal, count: 1 }] });
    await page.getByText('Somebody unknown was not let through to dishwasher.').waitFor();
    await page.getByText('The token is for another place.').waitFor();
    await call('POST', '/refusals', { refusals: [{ ...refusal, count: 41 }] });
    await page.getByText('Somebody unknown was not let through to dishwasher, 42 times.').waitFor();
    await shoot('history');
    assert.equal(await page.getByText(/Somebody unknown was not let through/).count(), 1);
  });

  it('say that the server has forgotten changes, as after a restored backup, until the owner has looked', async () => {
    const { page } = window;
    await goTo(page, '#/home', 'Your home');
    const heard = await openEvents(home.gateway, home.pat, 1_000_000);
    const banner = page.getByText('This server has forgotten changes, as after a restored backup.');
    await banner.waitFor();
    await shoot('forgotten');
    await page.getByRole('button', { name: 'I have looked through it' }).click();
    await banner.waitFor({ state: 'detached' });
    heard.close();
    await goTo(page, '#/history', 'History');
    await page.getByText(/^Node-RED knows of changes that this server has forgotten/).waitFor();
  });
});

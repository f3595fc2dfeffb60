/** Two windows, two phones, and connections that break: what happened is said, and nothing is lost or done twice. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { type Home, openHome } from '../../contract/support/home.ts';
import { launchOrSkip, openWindow, type Watched, watch } from './support/browser.ts';
import { ask, claimed, goTo, openHomePage, signInByForm } from './support/owner-page.ts';
import { ownerWindow } from './support/owner-window.ts';

describe('the owner’s pages, out of step', () => {
  const there = ownerWindow();
  let home: Home;
  let window: Watched;
  let page: Page;
  beforeEach(async () => {
    ({ home, window, page } = there);
    // Out of step on purpose: these windows hear of no change by themselves.
    await window.context.route('**/api/events', (route) => route.abort());
  });

  const saidIn = (where: Page, text: string | RegExp) => where.locator('.notice').filter({ hasText: text }).waitFor();
  const secondTab = async (hash: string, heading: string) => {
    const other = watch(await window.context.newPage(), window.context, home.issuer);
    await other.page.goto(`/${hash}`);
    await other.page.getByRole('heading', { level: 1, name: heading }).waitFor();
    return other;
  };

  it('approving in one tab what was denied in the other is told so, and shares nothing', async () => {
    await ask(home, await claimed(home, 'Thermostat'));
    await openHomePage(page);
    await goTo(page, '#/requests', 'Requests');
    const other = await secondTab('#/requests', 'Requests');
    await page.getByRole('button', { name: 'Don’t allow' }).click();
    await saidIn(page, 'Not allowed');
    await other.page.getByRole('button', { name: 'Allow', exact: true }).click();
    await saidIn(other.page, 'answered already');
    await other.page.getByText('Nobody waits').waitFor();
    assert.deepEqual((await home.owner.call('GET', '/api/shares')).body.items, []);
    other.assertCalm();
  });

  it('taking back in two tabs ends it once, and both say so', async () => {
    await home.share(await claimed(home, 'Thermostat'));
    await openHomePage(page);
    const other = await secondTab('#/', 'Your home');
    for (const one of [page, other.page]) {
      await one.getByRole('button', { name: /^Take back/ }).click();
      await saidIn(one, 'Taken back');
    }
    assert.equal((await home.owner.call('GET', '/api/receipts')).body.items.length, 1);
  });

  it('changing what was taken back on another phone is told so', async () => {
    const id = await home.share(await claimed(home, 'Thermostat'));
    await openHomePage(page);
    await page.getByRole('button', { name: /^Change/ }).click();
    await home.owner.call('DELETE', `/api/shares/${id}`);
    await page.getByRole('button', { name: 'Save' }).click();
    await saidIn(page, 'taken back already');
    await page.getByText('May do nothing.').waitFor();
  });

  it('changing in one tab what was narrowed in the other is told so, and gives nothing back', async () => {
    const id = await home.share(await claimed(home, 'Thermostat'), { scopes: ['start', 'stop'] });
    await openHomePage(page);
    await page.getByRole('button', { name: /^Change/ }).click();
    await home.owner.call('PATCH', `/api/shares/${id}`, { scopes: ['start'] });
    await page.getByRole('button', { name: 'Save' }).click();
    await saidIn(page, 'changed elsewhere');
    assert.deepEqual((await home.owner.call('GET', '/api/shares')).body.items[0].scopes, ['start']);
    await page.getByRole('checkbox', { name: 'stop', checked: false }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await saidIn(page, 'Thermostat may start');
  });

  it('a double press does one thing', async () => {
    await ask(home, await claimed(home, 'Thermostat'));
    await openHomePage(page);
    await goTo(page, '#/requests', 'Requests');
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await page.getByRole('button', { name: 'Allow', exact: true }).dblclick();
    await saidIn(page, /^Thermostat may start/);
    assert.equal(posts.length, 1);
  });

  it('where the answer is lost it says that it does not know, shows what is, and repeats nothing', async () => {
    await home.share(await claimed(home, 'Thermostat'));
    await openHomePage(page);
    let orders = 0;
    await page.route('**/api/shares/*', async (route) => {
      orders += 1;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.getByRole('button', { name: /^Take back/ }).click();
    await saidIn(page, 'not known whether that was done');
    await page.getByText('May do nothing.').waitFor();
    assert.equal(orders, 1);
  });

  it('what was chosen is still there where the server could not be reached', async () => {
    await ask(home, await claimed(home, 'Thermostat'), ['start', 'stop']);
    await openHomePage(page);
    await goTo(page, '#/requests', 'Requests');
    await page.getByText('Choose what').click();
    await page.getByRole('checkbox', { name: 'stop' }).uncheck();
    await window.context.setOffline(true);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await saidIn(page, 'not known whether that was done');
    assert.equal(await page.getByRole('checkbox', { name: 'stop' }).isChecked(), false);
    await window.context.setOffline(false);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await saidIn(page, /^Thermostat may start dishwasher/);
    assert.deepEqual((await home.owner.call('GET', '/api/shares')).body.items[0].scopes, ['start']);
  });

  it('a cookie without the other half opens nothing', async () => {
    await openHomePage(page);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('signing out in one tab signs the other out', async () => {
    await openHomePage(page);
    const other = await secondTab('#/more', 'More');
    await other.page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});

describe('the owner’s pages, live', () => {
  let browser: Browser;
  before(async function () {
    browser = await launchOrSkip(this);
  });
  after(async () => await browser?.close());

  it('lead to the sign-in when their session is ended elsewhere, and back to the same place', async () => {
    const home = await openHome();
    const { page, context, assertCalm } = await openWindow(browser, home.issuer);
    await openHomePage(page);
    await goTo(page, '#/history', 'History');
    await home.owner.call('DELETE', '/api/sessions');
    await page.getByText('You are not signed in any more').waitFor();
    await signInByForm(page);
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
    assertCalm();
    await context.close();
    await home.close();
  });

  it('say when the server is gone, and catch up by themselves when it is back', async () => {
    const home = await openHome();
    const { page, context, assertCalm } = await openWindow(browser, home.issuer);
    const device = await claimed(home, 'Thermostat');
    await openHomePage(page);
    await context.setOffline(true);
    await home.server.close();
    await page.getByText('The server cannot be reached at this moment').waitFor();
    await context.setOffline(false);
    const again = await home.place.start({ port: home.server.port });
    await page.getByText('The server cannot be reached at this moment').waitFor({ state: 'detached', timeout: 30_000 });
    assert.equal((await ask(home, device)).body.error, 'request_submitted');
    await page
      .getByRole('navigation')
      .getByText('Requests that wait for you: 1')
      .first()
      .waitFor({ state: 'attached' });
    assertCalm();
    await context.close();
    await again.close();
    await home.place.remove();
  });
});

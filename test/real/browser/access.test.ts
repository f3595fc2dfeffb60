/** For everybody: axe, keys, screen readers, small and wide, light and dark; and names that try to be more than names. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { type Home, openHome } from '../../contract/support/home.ts';
import { registerClient } from '../../contract/support/test-client.ts';
import { violations } from './support/axe.ts';
import { type Look, launchOrSkip, openWindow } from './support/browser.ts';
import { ask, claimed, goTo, openHomePage } from './support/owner-page.ts';
import { shot } from './support/shot.ts';

const hostile = '<img src=x onerror=alert(1)>';
const looks: Look[] = [
  { width: 360 },
  { width: 360, scheme: 'dark' },
  { width: 1100 },
  { width: 1100, scheme: 'dark' },
];

describe('the owner’s pages, for everybody', () => {
  let browser: Browser;
  let home: Home;
  let code = '';
  before(async function () {
    browser = await launchOrSkip(this);
    home = await openHome();
    const resource = await home.addResource(`Lamp ${hostile}`, ['turn-on', 'turn-off']);
    const kettle = await claimed(home, `Kettle ${hostile}`);
    await home.share(kettle, { resource, scopes: ['turn-on'] });
    await ask(home, kettle, ['stop']);
    await claimed(home, 'Thermostat');
    await claimed(home, 'Thermostat');
    await home.stranger(`Stranger ${hostile}`);
    await home.owner.call('POST', '/api/people', { name: 'Bob', password: 'a few easy words' });
    const grants = ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'];
    const gateway = await registerClient(home.issuer, { client_name: hostile, grant_types: grants });
    code = (
      await gateway.authenticated('/device/auth', { scope: 'uma_protection shares:read shares:reduce shares:grant' })
    ).body.user_code;
  });
  after(async () => {
    await browser?.close();
    await home?.close();
  });

  const screens = (): [string, string | RegExp][] => [
    ['#/requests', 'Requests'],
    ['#/add', 'Add'],
    ['#/history', 'History'],
    ['#/receipts', 'Receipts'],
    ['#/more', 'More'],
    ['#/people', 'People'],
    ['#/gateways', 'Node-REDs'],
    ['#/sessions', 'Where you are signed in'],
    ['#/password', 'Your password'],
    ['#/server', 'This server'],
    ['#/stop', 'Stop everything'],
    [`#/code/${code}`, 'Who waits'],
    ['#/', 'Your home'],
  ];

  /** All that is folded away, and hours and things to choose from, which come with their box. */
  const openAll = async (page: Page) => {
    // What is not there yet cannot be opened.
    await page.getByText('Just a moment').waitFor({ state: 'detached' });
    for (const summary of await page.locator('summary').all()) await summary.click();
    for (const label of ['Only at certain hours', 'only what I choose'])
      for (const box of await page.getByLabel(label).all()) await box.check();
    for (const change of await page.getByRole('button', { name: /^Change what/ }).all()) await change.click();
  };

  const inOrder = async (page: Page, where: string) => {
    await page.getByText('Just a moment').waitFor({ state: 'detached' });
    assert.deepEqual(await violations(page), [], where);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(sideways, false, `${where} scrolls sideways`);
    await shot(page, where.replace(/[^a-z]+/gi, '') || 'home');
  };

  for (const look of looks)
    it(`axe finds nothing on any of them, ${look.width} pixels wide, ${look.scheme ?? 'light'}`, async () => {
      const { page, context, assertCalm } = await openWindow(browser, home.issuer, look);
      await page.goto('/');
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      assert.deepEqual(await violations(page), [], 'sign-in');
      await openHomePage(page);
      for (const [hash, heading] of screens()) {
        await goTo(page, hash, heading);
        await openAll(page);
        await inOrder(page, hash);
      }
      await page.getByRole('link', { name: /^Kettle/ }).click();
      await page.getByRole('button', { name: 'Share something' }).click();
      await openAll(page);
      await inOrder(page, 'device');
      await page.getByRole('button', { name: 'Retire' }).click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations(page), [], 'dialog');
      assertCalm();
      await context.close();
    });

  it('speak the language that the browser asks for', async () => {
    const { page, context, assertCalm } = await openWindow(browser, home.issuer, { locale: 'de-AT' });
    await page.goto('/');
    await page.getByLabel('Dein Name').fill('alice');
    await page.getByLabel('Passwort').fill('correct horse battery');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dein Zuhause' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'de-AT');
    await page.getByText(`Kettle ${hostile} darf Lamp ${hostile} einschalten`).first().waitFor();
    assertCalm();
    await context.close();
  });

  it('names are text, whatever stands in them', async () => {
    const { page, context, assertCalm } = await openWindow(browser, home.issuer);
    await openHomePage(page);
    for (const [hash, heading] of screens()) {
      await goTo(page, hash, heading);
      assert.equal(await page.locator('main img').count(), 0, hash);
    }
    await page.getByText(`Kettle ${hostile} may turn on Lamp ${hostile}`).first().waitFor();
    assertCalm();
    await context.close();
  });

  it('keys alone suffice: sign in, find a request, allow it; the focus is where the reader is', async () => {
    const { page, context, assertCalm } = await openWindow(browser, home.issuer, { width: 1100 });
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.goto('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('alice');
    await page.keyboard.press('Tab');
    await page.keyboard.type('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Your home' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Your home');
    for (let count = 0; count < 5 && !/^Requests/.test(await focused()); count += 1)
      await page.keyboard.press('Shift+Tab');
    assert.match(await focused(), /^Requests/);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    assert.equal(await focused(), 'Requests');
    for (let count = 0; count < 3 && (await focused()) !== 'Allow'; count += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.notice').filter({ hasText: 'may stop dishwasher' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    assertCalm();
    await context.close();
  });

  it('after Take back the keys are at the notice that offers it again, and not at what belongs to the next device', async () => {
    const { page, context, assertCalm } = await openWindow(browser, home.issuer);
    const device = await claimed(home, 'Radio');
    await home.share(device);
    await openHomePage(page);
    await page.getByRole('button', { name: /^Take back: Radio/ }).press('Enter');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.waitForFunction(() => /^Taken back: Radio/.test(document.activeElement?.textContent ?? ''));
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Share again');
    await page.keyboard.press('Enter');
    await page.locator('.notice').filter({ hasText: 'Radio may start' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await page.getByRole('button', { name: 'Close' }).press('Enter');
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    assertCalm();
    await context.close();
  });

  it('a dialog takes the focus, lets go by Escape without doing anything, and gives it back', async () => {
    const { page, context, assertCalm } = await openWindow(browser, home.issuer);
    await openHomePage(page);
    await goTo(page, '#/stop', 'Stop everything');
    await page.getByRole('button', { name: 'Stop everything' }).press('Enter');
    const inside = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
    await page.getByRole('dialog').waitFor();
    assert.equal(await inside(), true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Stop everything');
    assert.equal((await home.owner.call('GET', '/api/home')).body.panic.active, false);
    assertCalm();
    await context.close();
  });

  it('a screen reader hears what was done, and that somebody asks', async () => {
    const { page, context } = await openWindow(browser, home.issuer);
    const device = await claimed(home, 'Doorbell');
    await openHomePage(page);
    const heard = page.locator('[role=status]');
    await ask(home, device, ['stop']);
    await heard.filter({ hasText: /Requests that wait for you: \d/ }).waitFor({ state: 'attached' });
    await goTo(page, '#/requests', 'Requests');
    const card = page.getByRole('article', { name: /^Doorbell/ });
    await card.getByRole('button', { name: 'Don’t allow' }).click();
    await heard.filter({ hasText: 'Not allowed' }).waitFor();
    await context.close();
  });
});

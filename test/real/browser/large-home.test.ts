/** A home of 500 devices and 2,000 shares: what a page asks for, draws and puts into words is bounded, however much there is. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import { type ServerPlace, serverPlace } from '../../contract/support/running-server.ts';
import { launchOrSkip, openWindow, type Watched } from './support/browser.ts';
import { DEVICES, fillHome, SHARES } from './support/large-home.ts';
import { goTo, openHomePage } from './support/owner-page.ts';

const CARDS = 30;
const SHARES_OF_ONE = 10;
const PART = 500;
/** Days and clocks of the sentences, of moments that have been, and lists: for a whole page, not for each line. */
const FORMATS = 20;

interface Asked {
  path: string;
  items: object[];
}

describe('the owner’s pages of a large home', () => {
  let browser: Browser;
  let place: ServerPlace;
  let server: RunningServer;
  let window: Watched;
  let page: Page;
  let asked: Promise<Asked>[] = [];
  before(async function () {
    this.timeout(300_000);
    browser = await launchOrSkip(this);
    place = await serverPlace();
    await (await place.start()).close();
    await fillHome(place);
    server = await place.start();
    window = await openWindow(browser, server.issuer);
    page = window.page;
    await page.addInitScript(() => {
      const made = { formats: 0 };
      Object.assign(globalThis, { made });
      Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
        construct(target, args) {
          made.formats += 1;
          return Reflect.construct(target, args);
        },
      });
    });
    page.on('response', (response) => {
      const path = new URL(response.url()).pathname;
      if (/^\/api\/(shares|devices|history|receipts)$/.test(path) && response.ok())
        asked.push(response.json().then(({ items }) => ({ path, items })));
    });
    await openHomePage(page);
    await page.getByRole('article').first().waitFor();
  });
  after(async () => {
    window?.assertCalm();
    await browser?.close();
    await place?.remove();
  });

  const formats = () => page.evaluate(() => (globalThis as unknown as { made: { formats: number } }).made.formats);

  it('home draws thirty cards and ten shares of each, and makes no sentence of the rest', async () => {
    assert.equal(await page.getByRole('article').count(), CARDS);
    const most = await page.getByRole('article').first().locator('li.share').count();
    assert.equal(most, SHARES_OF_ONE);
    assert.ok((await page.locator('li.share').count()) <= CARDS * SHARES_OF_ONE);
    assert.ok((await formats()) <= FORMATS, `${await formats()} formats`);
    const shares = (await Promise.all(asked)).filter(({ path }) => path === '/api/shares');
    assert.ok(shares.every(({ items }) => items.length <= PART && items.every((share) => !('sentence' in share))));
    // Each once: it listens first, so that what changes meanwhile is heard of, and then reads.
    assert.equal(shares.length, SHARES / PART);
    const devices = (await Promise.all(asked)).filter(({ path }) => path === '/api/devices');
    assert.equal(devices.length, Math.ceil(DEVICES / PART));
  });

  it('shows more of them by and by, and finds one by its name among all', async () => {
    const first = page.getByRole('article').first();
    await first.getByRole('button', { name: /^Show more/ }).click();
    assert.equal(await first.locator('li.share').count(), 2 * SHARES_OF_ONE);
    await page.getByLabel('Find by name').fill('Device 499');
    await page.getByRole('article', { name: 'Device 499' }).waitFor();
    assert.equal(await page.getByRole('article').count(), 1);
  });

  it('history asks for fifty lines, and for fifty more when they are wanted', async () => {
    asked = [];
    const before = await formats();
    await goTo(page, '#/history', 'History');
    await page.locator('li.line').first().waitFor();
    assert.equal(await page.locator('li.line').count(), 50);
    await page.getByRole('button', { name: 'Show older' }).click();
    await page.locator('li.line').nth(99).waitFor();
    const parts = (await Promise.all(asked)).filter(({ path }) => path === '/api/history');
    assert.deepEqual(
      parts.map(({ items }) => items.length),
      [50, 50],
    );
    assert.ok((await formats()) - before <= FORMATS, `${(await formats()) - before} formats`);
  });
});

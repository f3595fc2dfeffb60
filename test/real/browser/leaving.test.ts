/** What a form was opened for can be left again: nothing has changed then, and the reader is where they were. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Home } from '../../contract/support/home.ts';
import { claimed, goTo, openHomePage } from './support/owner-page.ts';
import { ownerWindow } from './support/owner-window.ts';
import { shot } from './support/shot.ts';

describe('a form of the owner’s pages is left by Cancel', () => {
  const there = ownerWindow();
  let home: Home;
  let page: Page;
  beforeEach(() => {
    ({ home, page } = there);
  });

  const leave = async (opener: string | RegExp) => {
    const button = page.getByRole('button', { name: opener }).first();
    await button.click();
    await page.getByRole('checkbox').first().press(' ');
    await shot(page, `cancel-${await button.textContent()}`.replace(/ /g, '-'));
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.locator('form').getByRole('checkbox').first().waitFor({ state: 'detached' });
    assert.equal(
      await button.evaluate((element) => element === document.activeElement),
      true,
      'the focus is elsewhere',
    );
    assert.equal(await button.getAttribute('aria-expanded'), 'false');
  };

  it('sharing something, and changing a share', async () => {
    const device = await claimed(home, 'Thermostat');
    await home.share(device);
    await openHomePage(page);
    const shares = async () => (await home.owner.call('GET', '/api/shares')).body.items;
    const before = await shares();
    await leave(/^Change/);
    await goTo(page, `#/device/${device.clientId}`, 'Thermostat');
    await leave('Share something');
    assert.deepEqual(await shares(), before);
  });

  it('what a Node-RED may', async () => {
    await openHomePage(page);
    await goTo(page, '#/gateways', 'Node-REDs');
    const scopes = async () => (await home.owner.call('GET', '/api/gateways')).body.items[0].scopes;
    const before = await scopes();
    await leave(/^Change what it may do/);
    assert.deepEqual(await scopes(), before);
  });

  it('the password, which leads back to where it was offered', async () => {
    await openHomePage(page);
    await goTo(page, '#/password', 'Your password');
    await page.getByRole('button', { name: 'Cancel' }).click();
    const heading = page.getByRole('heading', { level: 1, name: 'More' });
    await heading.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  });
});

/** How far a share goes: hours of the week and a key of one's own, chosen on a phone, in each form that shares. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Home } from '../../contract/support/home.ts';
import { newKey } from '../../contract/support/test-key.ts';
import { ask, claimed, goTo, openHomePage } from './support/owner-page.ts';
import { ownerWindow } from './support/owner-window.ts';
import { shot } from './support/shot.ts';

const berlin = 'Europe/Berlin';
const night = [{ days: [5, 6], from: '22:00', to: '06:00' }];

describe('limits of a share, on the owner’s pages', () => {
  const there = ownerWindow({ timezone: berlin });
  let home: Home;
  let page: Page;
  beforeEach(() => {
    ({ home, page } = there);
  });

  const theShare = async () => (await home.owner.call('GET', '/api/shares')).body.items[0];
  const chooseNights = async () => {
    await page.getByText('More limits').click();
    await page.getByLabel('Only at certain hours').check();
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu']) await page.getByLabel(day, { exact: true }).uncheck();
    await page.getByLabel('Sat', { exact: true }).check();
    await page.getByLabel('From').fill('22:00');
    await page.getByLabel('To', { exact: true }).fill('06:00');
    await page.getByText('That is: on Friday and Saturday from 22:00 to 06:00 the next day.').waitFor();
  };

  it('a request is allowed on some nights only, and the home says so in the same words', async () => {
    await ask(home, await claimed(home, 'Thermostat'));
    await openHomePage(page);
    await goTo(page, '#/requests', 'Requests');
    await page.getByText('Choose what').click();
    assert.equal(await page.getByLabel('Only at certain hours').isVisible(), false, 'folded away at first');
    await chooseNights();
    await shot(page, 'hours-request');
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    const sentence = 'Thermostat may start dishwasher on Friday and Saturday from 22:00 to 06:00 the next day';
    await page.locator('.notice').filter({ hasText: sentence }).waitFor();
    assert.deepEqual((await theShare()).conditions, { weekly: { timeZone: berlin, windows: night } });
    await goTo(page, '#/', 'Your home');
    await page.getByText(sentence).last().waitFor();
  });

  it('what is missing is said where it is missing, and nothing is shared before', async () => {
    await ask(home, await claimed(home, 'Thermostat'));
    await openHomePage(page);
    await goTo(page, '#/requests', 'Requests');
    await page.getByText('Choose what').click();
    await page.getByText('More limits').click();
    await page.getByLabel('Only at certain hours').check();
    const allow = page.getByRole('button', { name: 'Allow', exact: true });
    const hours = page.getByRole('group', { name: 'On' });
    await page.getByLabel('To', { exact: true }).fill('08:00');
    await allow.click();
    await hours.getByText('Both times are the same').waitFor();
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await page.getByLabel(day, { exact: true }).uncheck();
    await page.getByText('More limits').click();
    await allow.click();
    await hours.getByText('Choose at least one day.').waitFor();
    await shot(page, 'hours-wrong');
    await page.getByLabel('until a moment that I choose').check();
    await allow.click();
    await page.getByRole('group', { name: 'Until when' }).getByText('Choose a moment that is yet to come.').waitFor();
    assert.equal(await theShare(), undefined);
  });

  it('hours are changed, and taken away, with all else as it was', async () => {
    const device = await claimed(home, 'Thermostat');
    const weekly = { timeZone: 'Asia/Tokyo', windows: night };
    await home.share(device, { conditions: { weekly, once: true } });
    await openHomePage(page);
    await page.getByText('22:00 to 06:00 the next day (time of Asia/Tokyo)').waitFor();
    await page.getByRole('button', { name: /^Change/ }).click();
    assert.equal(await page.getByLabel('By the clock of').inputValue(), 'Asia/Tokyo', 'open where there is a limit');
    await page.getByLabel('By the clock of').selectOption(berlin);
    await page.getByRole('button', { name: 'Other hours on other days' }).click();
    await page.getByRole('group', { name: 'On' }).nth(1).getByLabel('all day').check();
    await shot(page, 'hours-change');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.notice').filter({ hasText: 'the next day and on Saturday and Sunday' }).waitFor();
    const windows = [...night, { days: [6, 7], from: '00:00', to: '24:00' }];
    assert.deepEqual((await theShare()).conditions, { weekly: { timeZone: berlin, windows }, once: true });
    await page.getByRole('button', { name: /^Change/ }).click();
    await page.getByLabel('Only at certain hours').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.notice').filter({ hasText: 'may start dishwasher once.' }).waitFor();
    assert.deepEqual((await theShare()).conditions, { once: true });
  });

  it('only with its own key is offered to a device that has one, and explained for one that has not', async () => {
    const device = await claimed(home, 'Thermostat');
    await openHomePage(page);
    await goTo(page, `#/device/${device.clientId}`, 'Thermostat');
    await page.getByRole('button', { name: 'Share something' }).click();
    await page.getByText('More limits').click();
    await page.getByLabel('Only with its own key').check();
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.locator('.notice').filter({ hasText: 'if its key is its own' }).waitFor();
    assert.deepEqual((await theShare()).conditions, { ownKeyOnly: true });

    const metadata = { client_name: 'Lamp', jwks: { keys: [(await newKey()).publicJwk] } };
    const held = await home.gateway.call('POST', '/reg', home.pat, metadata);
    await goTo(page, `#/device/${held.body.client_id}`, 'Lamp');
    await page.getByRole('button', { name: 'Share something' }).click();
    await page.getByText('More limits').click();
    await page.getByText('is kept by a Node-RED, not by the device itself').waitFor();
    assert.equal(await page.getByLabel('Only with its own key').count(), 0);
    await shot(page, 'own-key');
  });
});

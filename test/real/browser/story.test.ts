/** An owner with a phone: a device asks, is allowed, is used, and is taken back; all of it seen without a reload. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Home } from '../../contract/support/home.ts';
import { ownerPassword } from '../../contract/support/running-server.ts';
import { registerClient } from '../../contract/support/test-client.ts';
import { ask, claimed, goTo, openHomePage, signInByForm } from './support/owner-page.ts';
import { ownerWindow } from './support/owner-window.ts';
import { shot } from './support/shot.ts';

describe('the owner’s pages, on a phone', () => {
  const there = ownerWindow();
  let home: Home;
  let page: Page;
  beforeEach(() => {
    ({ home, page } = there);
  });

  const said = (text: string | RegExp) => page.locator('.notice').filter({ hasText: text }).waitFor();
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();

  it('a request appears by itself, is allowed until midnight, and the device gets its token', async () => {
    const device = await claimed(home, 'Thermostat');
    await openHomePage(page);
    await goTo(page, '#/requests', 'Requests');
    await page.getByText('Nobody waits').waitFor();
    assert.equal((await ask(home, device, ['start', 'stop'])).body.error, 'request_submitted');
    await page.getByRole('heading', { name: 'Thermostat asks to start and stop dishwasher' }).waitFor();
    assert.match((await page.locator('.fingerprint').getAttribute('aria-label')) ?? '', /^Fingerprint \S{43}$/);
    await page.getByText('Choose what').click();
    await page.getByRole('checkbox', { name: 'stop' }).uncheck();
    await page.getByLabel('until the end of today').check();
    await press('Allow');
    await said(/^Thermostat may start dishwasher until/);
    await page.getByText('Nobody waits').waitFor();
    const { items } = (await home.owner.call('GET', '/api/shares')).body;
    const midnight = new Date();
    midnight.setHours(24, 0, 0, 0);
    assert.deepEqual(items[0].conditions, { until: midnight.getTime() / 1000 });
    assert.deepEqual(items[0].scopes, ['start']);
    assert.equal((await ask(home, device)).body.token_type, 'DPoP');
    await goTo(page, '#/', 'Your home');
    await page.getByText(/^Last used today/).waitFor();
  });

  it('a request is denied, and the device hears so', async () => {
    const device = await claimed(home, 'Thermostat');
    await ask(home, device);
    await openHomePage(page);
    await page.getByRole('link', { name: /Requests/ }).click();
    await press('Don’t allow');
    await said(/Not allowed/);
    assert.equal((await ask(home, device)).body.error, 'request_denied');
    await goTo(page, '#/history', 'History');
    await page.getByText('Not allowed: Thermostat asked to start dishwasher.').waitFor();
  });

  it('a share is taken back, says who knows, is in the receipts, and comes back as another', async () => {
    const id = await home.share(await claimed(home, 'Thermostat'));
    await openHomePage(page);
    await press(/^Take back/);
    await said(/Taken back: Thermostat may start dishwasher\..*Node-RED has not confirmed yet/s);
    await page.getByText('May do nothing.').waitFor();
    await press('Share again');
    await said(/^Thermostat may start dishwasher/);
    const { items } = (await home.owner.call('GET', '/api/shares')).body;
    assert.equal(items.length, 1);
    assert.notEqual(items[0].id, id);
    await goTo(page, '#/receipts', 'Receipts');
    await page.getByText('Thermostat may not start dishwasher any more.').waitFor();
  });

  it('a share is changed, and what the form does not show stays', async () => {
    await home.share(await claimed(home, 'Thermostat'), { conditions: { ownKeyOnly: true } });
    await openHomePage(page);
    await press(/^Change/);
    await page.getByRole('checkbox', { name: 'stop' }).check();
    await page.getByLabel('One time only').check();
    await press('Save');
    await said(/^Thermostat may start and stop dishwasher once, if its key is its own/);
    const { items } = (await home.owner.call('GET', '/api/shares')).body;
    assert.deepEqual(items[0].conditions, { once: true, ownKeyOnly: true });
  });

  it('a device at the door is taken by its fingerprint, named, shared with, stopped and retired', async () => {
    await openHomePage(page);
    await goTo(page, '#/add', 'Add');
    const device = await home.stranger('Kettle');
    await page.getByRole('heading', { name: 'It calls itself “Kettle”' }).waitFor();
    await page.getByLabel('Name').fill('Kettle upstairs');
    await press('This is mine');
    await said('Kettle upstairs is yours');
    await goTo(page, '#/', 'Your home');
    await page.getByRole('link', { name: 'Kettle upstairs' }).click();
    await press('Share something');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await said(/^Kettle upstairs may start and stop dishwasher/);
    await press('Stop it for now');
    await said('Kettle upstairs is stopped');
    assert.notEqual((await ask(home, device)).status, 200);
    await press('Let it go on');
    await said('Kettle upstairs may go on');
    assert.equal((await ask(home, device)).status, 200);
    await press('Retire');
    await page.getByRole('dialog').getByRole('button', { name: 'Retire' }).click();
    await said('Kettle upstairs is retired');
    await page.getByText('May do nothing.').waitFor();
  });

  it('a Node-RED is let in by its code, with less than it asked for; another is refused', async () => {
    const grants = ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'];
    const waiting = async () => {
      const gateway = await registerClient(home.issuer, { client_name: 'Shed', grant_types: grants });
      const scope = 'uma_protection shares:read shares:reduce shares:grant';
      const { body } = await gateway.authenticated('/device/auth', { scope });
      return { gateway, code: body.user_code as string };
    };
    await openHomePage(page);
    await goTo(page, '#/add', 'Add');
    const first = await waiting();
    await page.getByRole('textbox', { name: 'Code' }).fill(first.code.toLowerCase());
    await press('Show who waits');
    await page.getByRole('heading', { name: 'It calls itself “Shed”' }).waitFor();
    assert.equal((await home.owner.call('GET', '/api/gateways')).body.items.length, 1, 'a code alone lets nobody in');
    await page.getByLabel(/^share for you/).uncheck();
    await press('Let it in');
    await said('Node-RED “Shed” is let in');
    await page.getByRole('heading', { level: 1, name: 'Answered' }).waitFor();
    await goTo(page, '#/gateways', 'Node-REDs');
    const shed = page.getByRole('article', { name: 'Shed' });
    await shed.getByText('take back and stop for you').waitFor();
    assert.equal(await shed.getByText(/^share/).count(), 0, 'what was not ticked is not given');
    await goTo(page, `#/code/${(await waiting()).code}`, 'Who waits');
    await press('No, not me');
    await said('Node-RED “Shed” was refused');
    await goTo(page, '#/code/BBBB-BBBB', 'Who waits');
    await page.getByText('This code is not right, or too old').waitFor();
  });

  it('everything is stopped with two presses, and goes on with the password alone', async () => {
    await claimed(home, 'Thermostat');
    await openHomePage(page);
    const state = page.getByRole('article', { name: 'Thermostat' }).locator('.tag').first();
    await state.filter({ hasText: /^in use$/ }).waitFor();
    await goTo(page, '#/stop', 'Stop everything');
    await press('Stop everything');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop everything' }).click();
    await said('Everything is stopped');
    await page.getByRole('heading', { level: 1, name: 'Everything is stopped' }).waitFor();
    await goTo(page, '#/requests', 'Requests');
    await page.getByText(/^Everything is stopped since today/).waitFor();
    await goTo(page, '#/', 'Your home');
    await state.filter({ hasText: /^stopped$/ }).waitFor();
    await shot(page, 'home-stopped');
    await page.getByRole('link', { name: 'Let it go on' }).click();
    await page.getByLabel('Password').fill('wrong password');
    await press('Let it go on');
    await said('Name or password is not right');
    await page.getByLabel('Password').fill(ownerPassword);
    await press('Let it go on');
    await said(/Everything goes on\..*Node-RED’s log and in its server node/s);
    await page.getByText('If something is not right').waitFor();
    await goTo(page, '#/', 'Your home');
    await state.filter({ hasText: /^in use$/ }).waitFor();
  });

  it('a guest is invited, something is shared with them, and they see nothing of it here', async () => {
    await openHomePage(page);
    await goTo(page, '#/people', 'People');
    await page.getByLabel('Name of the guest').fill('Bob');
    await page.getByLabel('Password for them').fill('a few easy words');
    await press('Invite');
    await said('Bob is your guest');
    await press('Share something');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await said(/^Bob may start and stop dishwasher/);
    await goTo(page, '#/more', 'More');
    await press('Sign out');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signInByForm(page, 'Bob', 'a few easy words');
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /dishwasher/);
  });
});

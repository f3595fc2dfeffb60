/** What an owner looks after now and then: the password, what a Node-RED may do, receipts, and which server this is. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { connectGateway, type Home, openHome } from '../../contract/support/home.ts';
import { ownerPassword, serverPlace } from '../../contract/support/running-server.ts';
import { gatewayMetadata, registerClient } from '../../contract/support/test-client.ts';
import { freePort } from '../../support/free-port.ts';
import { launchOrSkip, openWindow } from './support/browser.ts';
import { claimed, goTo, openHomePage, signInByForm } from './support/owner-page.ts';
import { ownerWindow } from './support/owner-window.ts';
import { shot } from './support/shot.ts';

const NEXT = 'another few easy words';
const everything = 'uma_protection shares:read shares:reduce shares:grant';

describe('the owner’s pages, now and then', () => {
  const there = ownerWindow();
  let browser: Browser;
  let home: Home;
  let page: Page;
  beforeEach(() => {
    ({ browser, home, page } = there);
  });

  const said = (text: string | RegExp) => page.locator('.notice').filter({ hasText: text }).waitFor();
  const fillPasswords = async (old: string, next: string, again = next) => {
    await page.getByLabel('Your password now').fill(old);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password, again').fill(again);
    await page.getByRole('button', { name: 'Change it' }).click();
  };

  it('a new password: what is wrong is said where it is wrong, and who has it stays signed in', async () => {
    const elsewhere = await openWindow(browser, home.issuer);
    await openHomePage(elsewhere.page);
    await openHomePage(page);
    await goTo(page, '#/more', 'More');
    await page.getByRole('link', { name: /^Your password/ }).click();
    await fillPasswords(ownerPassword, NEXT, 'something else');
    await page.getByText('The two new passwords are not the same.').waitFor();
    await fillPasswords('not my password', NEXT);
    await page.getByText('That is not your password.').waitFor();
    await shot(page, 'password');
    await fillPasswords(ownerPassword, NEXT);
    await said('Your password is changed.');
    assert.equal(await page.getByLabel('Your password now').inputValue(), '');
    await elsewhere.page.getByText('You are not signed in any more').waitFor();
    await goTo(page, '#/history', 'History');
    await page.getByText('alice chose a new password.').waitFor();
    await page.reload();
    await page.getByText('alice chose a new password.').waitFor();
    await signInByForm(elsewhere.page, 'alice', NEXT);
    await elsewhere.page.getByRole('heading', { level: 1, name: 'Your home' }).waitFor();
    await elsewhere.context.close();
  });

  it('a guest chooses a new password too', async () => {
    await home.owner.call('POST', '/api/people', { name: 'Bob', password: 'a few easy words' });
    await page.goto('/');
    await signInByForm(page, 'Bob', 'a few easy words');
    await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
    await page.getByText('Your password', { exact: true }).click();
    await fillPasswords('a few easy words', NEXT);
    await said('Your password is changed.');
    await shot(page, 'guest');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signInByForm(page, 'Bob', NEXT);
    await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
  });

  it('a Node-RED is let in for some things, which is shown, changed and taken back', async () => {
    const lamp = await home.addResource('lamp', ['turn-on']);
    const gateway = await registerClient(home.issuer, { ...gatewayMetadata, client_name: 'Garage' });
    const { user_code: code } = (await gateway.authenticated('/device/auth', { scope: everything })).body;
    await openHomePage(page);
    await goTo(page, `#/code/${code}`, 'Who waits');
    await page.getByLabel('see devices, shares and history').uncheck();
    await page.getByLabel('only what I choose').check();
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.getByText('Choose at least one thing').waitFor();
    for (const name of ['dishwasher', 'lamp']) await page.getByLabel(name).check();
    await shot(page, 'code-limits');
    await page.getByRole('button', { name: 'Let it in' }).click();
    await said('Node-RED “Garage” is let in.');
    await goTo(page, '#/gateways', 'Node-REDs');
    const card = page.getByRole('article', { name: 'Garage' });
    await card.getByText('share: dishwasher, lamp').waitFor();
    assert.equal(await card.getByText('see devices').count(), 0);

    await card.getByRole('button', { name: 'Change what it may do: Node-RED “Garage”' }).click();
    await card.getByRole('group', { name: 'What its flows may do for you' }).waitFor();
    await card.getByText('For anything that is not in this list, it has to ask anew with a code.').waitFor();
    await card.getByLabel('dishwasher').uncheck();
    await shot(page, 'gateway-change');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('share: lamp', { exact: true }).waitFor();
    const kept = async () =>
      (await home.owner.call('GET', '/api/gateways')).body.items.find((one: { name: string }) => one.name === 'Garage');
    assert.deepEqual((await kept()).resources, [lamp]);

    await card.getByRole('button', { name: 'Change what it may do: Node-RED “Garage”' }).click();
    await card.getByLabel('share for you').uncheck();
    await card.getByLabel('take back and stop for you').uncheck();
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('nothing', { exact: true }).waitFor();
    assert.deepEqual((await kept()).scopes, []);
  });

  it('one that is in and asks anew for more: only what it has is ticked, and no more is given by the way', async () => {
    const gateway = await registerClient(home.issuer, { ...gatewayMetadata, client_name: 'Garage' });
    const asks = async () => (await gateway.authenticated('/device/auth', { scope: everything })).body.user_code;
    const kept = async () =>
      (await home.owner.call('GET', '/api/gateways')).body.items.find((one: { name: string }) => one.name === 'Garage');
    const first = ['uma_protection', 'shares:read'];
    await home.owner.call('POST', `/api/codes/${await asks()}/approve`, { scopes: first });
    await openHomePage(page);
    await goTo(page, `#/code/${await asks()}`, 'Who waits');
    await page.getByText('It is in already. What it may do today is ticked').waitFor();
    const ticked = () => page.getByRole('checkbox').evaluateAll((all) => all.map((box) => box.matches(':checked')));
    assert.deepEqual(await ticked(), [true, false, false]);
    await shot(page, 'code-anew');
    await page.getByRole('button', { name: 'Let it in' }).click();
    await said('Node-RED “Garage” is let in.');
    assert.deepEqual((await kept()).scopes, ['shares:read']);
    await goTo(page, `#/code/${await asks()}`, 'Who waits');
    await page.getByLabel('share for you').check();
    await page.getByRole('button', { name: 'Let it in' }).click();
    await said('Node-RED “Garage” is let in.');
    assert.deepEqual((await kept()).scopes, ['shares:read', 'shares:grant']);
  });

  it('where there is nothing to choose from yet, it says where that can be done later', async () => {
    const fresh = await openHome();
    const other = await openWindow(browser, fresh.issuer);
    await fresh.gateway.call('DELETE', `/resources/${fresh.resource}`, fresh.pat);
    const gateway = await registerClient(fresh.issuer, { ...gatewayMetadata, client_name: 'Garage' });
    const { user_code: code } = (await gateway.authenticated('/device/auth', { scope: everything })).body;
    await openHomePage(other.page);
    await goTo(other.page, `#/code/${code}`, 'Who waits');
    await other.page.getByText('There is nothing to choose from yet.').waitFor();
    other.assertCalm();
    await other.context.close();
    await fresh.close();
  });

  it('a receipt says who has not confirmed, and then that they have, without being loaded anew', async () => {
    const id = await home.share(await claimed(home, 'Thermostat'));
    await home.owner.call('DELETE', `/api/shares/${id}`);
    await openHomePage(page);
    await goTo(page, '#/receipts', 'Receipts');
    await page.getByText('Node-RED has not confirmed yet.').waitFor();
    await shot(page, 'receipt-waits');
    await home.gateway.call('POST', '/events/ack', home.pat, { number: 1_000 });
    await page.getByText(/^Node-RED has confirmed it, /).waitFor();
    await page.getByText('Node-RED has not confirmed yet.').waitFor({ state: 'detached' });
    await shot(page, 'receipt-confirmed');
  });

  it('so says one beyond the first fifty that were read', async () => {
    const device = await claimed(home, 'Thermostat');
    const until = Math.floor(Date.now() / 1000) + 3_600;
    const ids = await Promise.all(
      Array.from({ length: 55 }, (_, index) => home.share(device, { conditions: { until: until + index } })),
    );
    await Promise.all(ids.map((id) => home.owner.call('DELETE', `/api/shares/${id}`)));
    await openHomePage(page);
    await goTo(page, '#/receipts', 'Receipts');
    await page.getByRole('button', { name: 'Show older' }).click();
    const waiting = page.getByText('Node-RED has not confirmed yet.');
    await waiting.nth(54).waitFor();
    await home.gateway.call('POST', '/events/ack', home.pat, { number: 1_000 });
    await page
      .getByText(/^Node-RED has confirmed it, /)
      .nth(54)
      .waitFor();
    assert.deepEqual([await waiting.count(), await page.locator('li.line').count()], [0, 55]);
  });

  it('a Node-RED that was let in meanwhile shows by itself', async () => {
    await openHomePage(page);
    await goTo(page, '#/gateways', 'Node-REDs');
    await connectGateway(home.issuer, home.owner, 'Shed');
    await page.getByRole('article', { name: 'Shed' }).getByText('share for you').waitFor();
  });
});

describe('the owner’s pages say which server this is', () => {
  let browser: Browser;
  before(async function () {
    browser = await launchOrSkip(this);
  });
  after(async () => await browser?.close());

  it('over a certificate that the server made: what to compare, with what, and how', async () => {
    const place = await serverPlace();
    const port = await freePort();
    const server = await place.start({ port, issuer: `https://localhost:${port}`, certificate: { from: 'made' } });
    const { page, context, assertCalm } = await openWindow(browser, server.issuer, { ignoreCertificate: true });
    await page.goto('/device');
    await page.getByText('Did the browser warn you of this address?').click();
    const fingerprint = server.certificate?.().fingerprint ?? '?';
    await page.getByText(fingerprint).waitFor();
    await shot(page, 'plain-certificate');
    await openHomePage(page);
    await goTo(page, '#/more', 'More');
    await shot(page, 'more');
    await page.getByRole('link', { name: /^This server/ }).click();
    await page.getByLabel(`Fingerprint ${fingerprint}`).waitFor();
    await page.getByLabel(`Fingerprint ${server.signingKey}`).waitFor();
    await page.getByText('If one of them differs, somebody stands in between.').waitFor();
    await shot(page, 'server');
    assertCalm();
    await context.close();
    await place.remove();
  });

  it('without encryption: that others can read along, on More and where it is explained', async () => {
    const place = await serverPlace();
    const port = await freePort();
    const server = await place.start({ port, issuer: `http://pi.test:${port}`, notEncrypted: true });
    const { page, context, assertCalm } = await openWindow(browser, server.issuer);
    await openHomePage(page);
    await goTo(page, '#/more', 'More');
    await page.getByText('Other computers reach this server without encryption.').waitFor();
    await goTo(page, '#/server', 'This server');
    await page.getByText('Others in the network can read what devices send.').waitFor();
    await shot(page, 'not-encrypted');
    assertCalm();
    await context.close();
    await place.remove();
  });
});

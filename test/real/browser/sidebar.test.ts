/** The tab *permissions* in a real editor, by keyboard: a yes, a stop, and a refusal with its reason while it happens. */
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { type FlowHome, flowHome, owner } from '../../flows/support/flow-home.ts';
import { addOpenLogin } from '../../support/open-login.ts';
import { violations } from './support/axe.ts';
import { launchOrSkip, openWindow, type Watched } from './support/browser.ts';
import { openEditor, showHelp } from './support/editor-page.ts';
import { shot } from './support/shot.ts';

/** What Node-RED's editor offers to every plugin. */
interface Editor {
  RED?: {
    editor: { edit(node: unknown): void; editConfig(name: string, type: string, id: string): void };
    nodes: { node(id: string): unknown };
  };
}

describe('the sidebar in the editor', () => {
  let browser: Browser;
  let home: FlowHome;
  let window: Watched;
  before(async function () {
    browser = await launchOrSkip(this);
    home = await flowHome();
    addOpenLogin(home.userDir);
    await home.start();
    await home.ready();
    await home.resource('Dishwasher');
    window = await openWindow(browser, home.url, { width: 1200 });
  });
  after(async () => {
    await browser?.close();
    await home?.remove();
  });

  it('shows who asks, says yes for a day, and shows what passes and what does not, without a reload', async () => {
    const { page } = window;
    const sidebar = await openEditor(page);
    await sidebar.getByText('Connected to its owner.').waitFor();
    assert.equal((await home.knock('/test/call')).body.uma.outcome, 'pending');
    const yes = sidebar.getByRole('button', { name: 'Yes: Thermostat asks to start Dishwasher' });
    await yes.waitFor();
    await shot(page, 'sidebar-asks', false);
    assert.deepEqual(await violations(page, '.uma-sidebar'), []);
    await sidebar.getByRole('combobox', { name: /For how long/ }).selectOption('day');
    await yes.press('Enter');
    await sidebar.getByRole('status').filter({ hasText: 'The request was allowed.' }).waitFor();
    await sidebar.getByText(/^Thermostat may start Dishwasher until /).waitFor();
    await home.knock('/dishwasher/start');
    await sidebar.getByText('Not let through: start Dishwasher.').waitFor();
    assert.equal((await home.knock('/test/call')).body.uma.outcome, 'allowed');
    await sidebar.getByText('Let through: Thermostat may start Dishwasher.').waitFor();
    await shot(page, 'sidebar-decides', false);
  });

  it('stops a device after one question, which Escape answers with no', async () => {
    const { page } = window;
    const sidebar = page.locator('.uma-sidebar');
    const stop = sidebar.getByRole('button', { name: 'Stop it for now: Thermostat' });
    const question = page.getByRole('dialog', { name: 'Stop Thermostat for now?' });
    await stop.press('Enter');
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.equal((await home.knock('/test/call')).body.uma.outcome, 'allowed');
    await stop.press('Enter');
    await question.getByRole('button', { name: 'Stop it for now' }).press('Enter');
    await sidebar.getByText('stopped for now · key kept by this Node-RED').waitFor();
    assert.notEqual((await home.knock('/test/call')).body.uma?.outcome, 'allowed');
    window.assertCalm();
  });

  it('looks at once again at what may be seen, as soon as the server stands otherwise', async () => {
    const { page } = window;
    const sidebar = page.locator('.uma-sidebar');
    const asksForShares = (withinMs: number) =>
      page.waitForRequest(/\/sidebar\/t-server\/shares/, { timeout: withinMs });
    // Everything is asked for every 16 s: that has just been done when everything is stopped.
    await asksForShares(60_000);
    const call = await home.owner();
    await call('POST', '/api/panic', {});
    await asksForShares(10_000);
    await sidebar.getByText('Everything is stopped.').first().waitFor();
    await call('DELETE', '/api/panic', { password: owner.password });
    // A panic takes the authority of every gateway: this one is let in again by its code.
    const state = sidebar.locator('.uma-state').filter({ hasText: /[A-Z]{4}-[A-Z]{4}/ });
    const [code] = /[A-Z]{4}-[A-Z]{4}/.exec((await state.textContent({ timeout: 30_000 })) ?? '') ?? [];
    assert.equal((await call('POST', `/api/codes/${code}/approve`, {})).status, 200);
    await sidebar.getByText(/^Thermostat may start Dishwasher until /).waitFor();
  });

  it('beside it, the form of the server says that its state is of what is deployed, once another address is typed', async () => {
    const { page } = window;
    await page.evaluate(() =>
      (globalThis as Editor).RED?.editor.editConfig('', 'uma-authorization-server', 't-server'),
    );
    const state = page.locator('#uma-server-state');
    const ofDeployed = /^This is how the server stands that is deployed/;
    await state.filter({ hasText: 'Connected to its owner.' }).waitFor();
    assert.doesNotMatch((await state.textContent()) ?? '', ofDeployed);
    await page.getByLabel('Server', { exact: true }).selectOption('built-in-at');
    await page.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9');
    await state.filter({ hasText: ofDeployed }).waitFor();
    await page.locator('#node-config-dialog-cancel').click();
  });

  it('is German in a German browser, by the clock of whoever reads it, and fits where the sidebar is narrow', async () => {
    const look = { width: 1000, locale: 'de-DE', timezone: 'Asia/Tokyo' };
    const { page, assertCalm } = await openWindow(browser, home.url, look);
    const sidebar = await openEditor(page);
    await sidebar.getByText('Mit dem Besitzer verbunden.').waitFor();
    await sidebar.getByText('Durchgelassen: Thermostat darf Dishwasher starten.').waitFor();
    const [share] = (await (await home.owner())('GET', '/api/shares')).body.items;
    const time = { hour: '2-digit', minute: '2-digit', timeZone: look.timezone } as const;
    const until = new Date(share.conditions.until * 1000).toLocaleTimeString('de', time);
    await sidebar.getByText(new RegExp(`^Thermostat darf Dishwasher bis \\S+ ${until} starten$`)).waitFor();
    const narrow = await sidebar.evaluate((tab) => {
      tab.style.width = '300px';
      return tab.scrollWidth <= tab.clientWidth;
    });
    assert.equal(narrow, true, 'it scrolls sideways');
    assert.deepEqual(await violations(page, '.uma-sidebar'), []);
    await shot(page, 'sidebar-german', false);
    assertCalm();
  });

  it('help is read whole where the sidebar is as wide as at first, also in German', async () => {
    const { page } = await openWindow(browser, home.url, { width: 1280, locale: 'de-DE' });
    await openEditor(page);
    const nodes = ['uma-authorization-server', 'uma-device', 'uma-resource', 'device-identity', 'uma-request'];
    for (const type of [...nodes, 'rpt-check', 'share', 'revoke']) {
      await showHelp(page, type);
      const help = page.locator('.red-ui-help').filter({ has: page.locator('p') });
      const cut = await help
        .locator('dt, dd, p')
        .evaluateAll((parts) =>
          parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.textContent),
        );
      assert.deepEqual(cut, [], type);
      await shot(page, `help-${type}`, false);
    }
  });

  it('a form names what may be done as the sentences do, with its own name beside, to be chosen', async () => {
    const { page, assertCalm } = await openWindow(browser, home.url, { width: 1000, locale: 'de-DE' });
    await openEditor(page);
    await page.evaluate(() => {
      const { RED } = globalThis as Editor;
      RED?.editor.edit(RED.nodes.node('t-check'));
    });
    const row = page.locator('.form-row').filter({ has: page.locator('#node-input-scopes') });
    await row.getByText('starten', { exact: true }).waitFor();
    await row.locator('.red-ui-typedInput-option-trigger').click();
    const menu = page.locator('.red-ui-typedInput-options:visible');
    await menu.getByText('starten (start)', { exact: true }).waitFor();
    await menu.getByText('stoppen (stop)', { exact: true }).click();
    await shot(page, 'scopes-to-choose', false);
    await page.keyboard.press('Escape');
    await row.getByText('starten und stoppen', { exact: true }).waitFor();
    assertCalm();
  });

  it('takes a share back after one question, which Escape answers with no', async () => {
    const { page, assertCalm } = await openWindow(browser, home.url, { width: 1000 });
    const sidebar = await openEditor(page);
    const takeBack = sidebar.getByRole('button', { name: /^Take back: Thermostat may start Dishwasher until / });
    const question = page.getByRole('dialog', { name: 'Take it back?' });
    await takeBack.press('Enter');
    await question.getByText(/^“Thermostat may start Dishwasher until .*” ends at once\./).waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    const shares = async () => (await (await home.owner())('GET', '/api/shares')).body.items.length;
    assert.equal(await shares(), 1);
    await shot(page, 'sidebar-takes-back', false);
    await takeBack.press('Enter');
    await question.getByRole('button', { name: 'Take back' }).press('Enter');
    await sidebar.getByRole('status').filter({ hasText: 'Taken back: nothing of it is let through' }).waitFor();
    await sidebar.getByRole('list', { name: 'Who may do what' }).locator('li').waitFor({ state: 'detached' });
    assert.equal(await shares(), 0);
    assertCalm();
  });
});

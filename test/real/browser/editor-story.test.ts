/**
 * The whole story in a real editor: set-up, a claim by its code, a yes until tomorrow, the dishwasher starts, it is taken
 * back, and the receipt is there. In Node-RED 4.1, which is light, and in 5.0 as its owner likes it dark.
 */
import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { ownerName, ownerPassword } from '../../contract/support/running-server.ts';
import { nodeRed5 } from '../../support/node-red-5.ts';
import { violations } from './support/axe.ts';
import { type Look, launchOrSkip, openWindow, type Watched } from './support/browser.ts';
import { browserArgs, type EditorHome, editorHome } from './support/editor-home.ts';
import { boxContrast, openEditor, pressNode, showFlow, showHelp, showPermissions } from './support/editor-page.ts';
import { goTo, signInByForm } from './support/owner-page.ts';

const variants = [
  { version: '4.1', scheme: 'light', program: () => undefined, needs: false },
  { version: '5.0', scheme: 'dark', program: nodeRed5, needs: true },
] as const satisfies { version: string; scheme: Look['scheme']; program: () => unknown; needs: boolean }[];

for (const { version, scheme, program, needs } of variants)
  describe(`the story in the editor of Node-RED ${version}, ${scheme}`, () => {
    let browser: Browser;
    let home: EditorHome;
    let editor: Watched;
    let phone: Watched;
    let page: Page;
    let sidebar: Locator;

    before(async function () {
      // Node-RED 5.0 may have to be fetched first.
      this.timeout(400_000);
      browser = await launchOrSkip(this, browserArgs);
      const other = program();
      if (needs && !other) this.skip();
      home = await editorHome(other);
      editor = await openWindow(browser, home.url, { width: 1280, scheme });
      // Node-RED 5.0 asks its owner and not the system how it should look.
      await editor.context.addInitScript((theme) => localStorage.setItem('view-dark-theme', theme), scheme);
      phone = await openWindow(browser, home.issuer, { scheme, ignoreCertificate: true });
      for (const { context } of [editor, phone]) context.setDefaultTimeout(60_000);
      page = editor.page;
      sidebar = await openEditor(page);
    });
    after(async () => {
      await browser?.close();
      await home?.remove();
    });
    // Each step stands on the one before.
    let broken = false;
    beforeEach(function () {
      if (broken) this.skip();
    });
    afterEach(async function () {
      broken ||= this.currentTest?.state === 'failed';
      if (this.currentTest?.state === 'failed')
        for (const [of, name] of [
          [page, 'failed'],
          [phone.page, 'failed-phone'],
        ] as const)
          await keepPicture(of, name);
      editor?.assertCalm();
      phone?.assertCalm();
    });

    let taken = 0;
    async function keepPicture(of: Page, name: string): Promise<void> {
      taken += 1;
      const path = `${process.env.UMA_SHOTS}/editor-${version}-${scheme}-${taken}-${name}.png`;
      if (process.env.UMA_SHOTS) await of.screenshot({ path });
    }

    it('set-up: the sidebar leads whoever may deploy to the link, and the owner lets this Node-RED in', async () => {
      const link = sidebar.getByRole('link', { name: 'Open the server' });
      await sidebar.getByText('Nobody owns this home yet. Open the set-up link').waitFor();
      const code = (await sidebar.locator('.uma-state strong').textContent()) ?? '';
      await keepPicture(page, 'nobody');
      await phone.page.goto((await link.getAttribute('href')) ?? '');
      await phone.page.getByLabel('Your name').fill(ownerName);
      await phone.page.getByLabel('Password', { exact: true }).fill(ownerPassword);
      await phone.page.getByLabel('Password again').fill(ownerPassword);
      await phone.page.getByLabel('Code that Node-RED shows').fill(code);
      await phone.page.getByRole('button', { name: 'Become the owner' }).click();
      await phone.page.getByText('Node-RED is connected.').waitFor();
      await sidebar.getByText('Connected to its owner.').waitFor();
    });

    it('claim: the canvas shows code, QR code and fingerprint, and hears the owner’s yes', async () => {
      await showFlow(page, 'Claim a device with a QR code');
      await pressNode(page, 'cl-claim');
      const dialog = page.getByRole('dialog', { name: 'Whose is Thermostat?' });
      await dialog.getByRole('status').filter({ hasText: 'Waits for its owner' }).waitFor();
      const picture = dialog.getByRole('img', { name: 'QR code of the page' });
      assert.ok(await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0));
      const [code, fingerprint] = [dialog.locator('strong'), dialog.getByText(/^[\w-]{43}$/)];
      await keepPicture(page, 'code');
      assert.deepEqual(await violations(page, '.uma-dialog'), []);
      await phone.page.goto((await dialog.getByRole('link').getAttribute('href')) ?? '');
      await phone.page.getByText((await code.textContent()) ?? '?', { exact: true }).waitFor();
      await phone.page.getByText((await fingerprint.textContent()) ?? '?').waitFor();
      await keepPicture(phone.page, 'phone');
      await phone.page.getByLabel('Your name').fill(ownerName);
      await phone.page.getByLabel('Password').fill(ownerPassword);
      await phone.page.getByRole('button', { name: 'It is mine' }).click();
      await dialog.getByText(`Thermostat belongs to ${ownerName}.`).waitFor();
      assert.equal(await code.count(), 0, 'a code that was used is shown no more');
      await keepPicture(page, 'claimed');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    });

    it('a request is allowed until tomorrow, and the dishwasher starts', async () => {
      await showFlow(page, 'First steps');
      await pressNode(page, 'fs-press-thermostat');
      await sidebar.getByRole('combobox', { name: /For how long/ }).selectOption('day');
      await keepPicture(page, 'asks');
      await sidebar.getByRole('button', { name: 'Yes: Thermostat asks to start Dishwasher' }).press('Enter');
      await sidebar.getByText(/^Thermostat may start Dishwasher until /).waitFor();
      await pressNode(page, 'fs-press-thermostat');
      await sidebar.getByText('Let through: Thermostat may start Dishwasher.').waitFor();
      await keepPicture(page, 'started');
    });

    it('taken back: what was made before is refused, and the owner has the receipt', async () => {
      await pressNode(page, 'fs-press-hold');
      await page.locator('[id="fs-hold"] .red-ui-flow-node-status-group').filter({ hasText: '1' }).waitFor();
      await pressNode(page, 'fs-press-revoke');
      await sidebar.getByText('Not let through, in the name of Thermostat: start Dishwasher.').waitFor();
      await sidebar.getByText(/^Thermostat may start Dishwasher/).waitFor({ state: 'detached' });
      await keepPicture(page, 'refused');
      await phone.page.goto('/');
      await signInByForm(phone.page);
      await phone.page.getByRole('heading', { level: 1, name: 'Your home' }).waitFor();
      await goTo(phone.page, '#/receipts', 'Receipts');
      await phone.page.getByText('Thermostat may not start Dishwasher any more.').waitFor();
      await keepPicture(phone.page, 'receipt');
    });

    it('the help of each node shows a picture of its wiring, and says in words what it shows', async () => {
      for (const type of ['device-identity', 'uma-request', 'rpt-check', 'share', 'revoke']) {
        await showHelp(page, type);
        const picture = page.locator('.red-ui-help svg[role="img"]').first();
        await picture.scrollIntoViewIfNeeded();
        assert.match((await picture.getAttribute('aria-label')) ?? '', /^An? |^Behind /);
        assert.ok(((await picture.boundingBox())?.width ?? 0) > 200, type);
        assert.ok((await boxContrast(picture)) >= 3, `${type}: a box that nobody sees`);
        await keepPicture(page, `help-${type}`);
      }
      await showPermissions(page);
    });

    it('everything: the button on the canvas asks first, by keyboard too, and Escape means no', async () => {
      const question = page.getByRole('dialog', { name: 'Stop everything?' });
      await pressNode(page, 'fs-panic');
      await question.waitFor();
      await keepPicture(page, 'everything');
      assert.deepEqual(await violations(page, '.uma-dialog'), []);
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
      assert.equal(await sidebar.getByText('Everything is stopped.').count(), 0);
      await pressNode(page, 'fs-panic');
      await question.getByRole('button', { name: 'Stop everything' }).press('Enter');
      await sidebar.getByText(/^Everything is stopped\./).waitFor();
      await keepPicture(page, 'stopped');
    });
  });

/** The form of the server node, in a real editor: through Node-RED's own port. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type FlowHome, flowHome } from '../../flows/support/flow-home.ts';
import { serverNode } from '../../flows/support/test-flow.ts';
import { launchOrSkip } from './support/browser.ts';

describe('the form of the server node, about Node-RED’s own port', () => {
  let browser: Browser;
  let home: FlowHome | undefined;
  let opened: Page[] = [];

  before(async function () {
    browser = await launchOrSkip(this);
  });
  afterEach(async () => {
    for (const page of opened) await page.close();
    opened = [];
    await home?.remove();
  });
  after(() => browser?.close());

  const openForm = async (url: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
    opened.push(page);
    page.setDefaultTimeout(60_000);
    await page.goto(url, { waitUntil: 'commit' });
    await page.waitForFunction(`window.RED?.nodes?.node('${serverNode}')`);
    await page.evaluate(`RED.editor.editConfig('', 'uma-authorization-server', '${serverNode}')`);
    await page.locator('#node-config-input-reach').waitFor();
    return page;
  };

  it('asks for its address, wants a tick where that is overheard, and tests it as devices would', async () => {
    home = await flowHome({ throughOwnPort: '/' });
    await home.start();
    await home.ready();
    const page = await openForm(home.url);
    const address = page.locator('#node-config-input-publicAddress');
    assert.equal(await address.inputValue(), home.url);
    const overheard = page.locator('#node-config-input-overheard');
    assert.equal(await overheard.isVisible(), false);
    await address.fill('http://pi.home:1880');
    await overheard.waitFor();
    await address.fill(home.url);
    await overheard.waitFor({ state: 'hidden' });
    await page.locator('#uma-test').click();
    const steps = page.locator('#uma-test-steps li');
    await steps.filter({ hasText: `${home.issuer} as devices do` }).waitFor();
    assert.equal(
      await page.locator('#uma-test-steps .fa-times').count(),
      0,
      await steps.allTextContents().then(String),
    );
  });

  it('offers it with the address that this page was opened under', async () => {
    home = await flowHome();
    await home.start();
    const page = await openForm(home.url);
    await page.waitForFunction(`!document.querySelector('#node-config-input-reach option[value="own-port"]').hidden`);
    await page.locator('#node-config-input-reach').selectOption('own-port');
    await page.locator('#uma-use-address').click();
    assert.equal(await page.locator('#node-config-input-publicAddress').inputValue(), home.url);
  });

  it('warns of what flows serve where the server would answer first', async () => {
    home = await flowHome();
    const door = { id: 'a-door', type: 'http in', name: '', url: '/uma/lamp', method: 'get', wires: [[]] };
    const [z] = home.flow.filter(({ type }) => type === 'tab').map(({ id }) => id);
    await home.start();
    await home.deploy('full', [...home.flow, { ...door, z, x: 100, y: 900 }]);
    const page = await openForm(home.url);
    const warning = page.locator('#uma-hidden-doors');
    assert.equal(await warning.isVisible(), false);
    await page.waitForFunction(`!document.querySelector('#node-config-input-reach option[value="own-port"]').hidden`);
    await page.locator('#node-config-input-reach').selectOption('own-port');
    await warning.filter({ hasText: '/uma/lamp' }).waitFor();
    await page.locator('#node-config-input-reach').selectOption('this-computer');
    await warning.waitFor({ state: 'hidden' });
  });

  it('does not offer it where devices would be kept out', async () => {
    home = await flowHome();
    const auth = JSON.stringify({ user: 'flows', pass: `$2b$08$${'a'.repeat(53)}` });
    appendFileSync(join(home.userDir, 'settings.js'), `module.exports.httpNodeAuth = ${auth};\n`);
    await home.start();
    const page = await openForm(home.url);
    await page.waitForFunction(`document.getElementById('uma-own-port-problem').textContent.includes('httpNodeAuth')`);
    const option = page.locator('#node-config-input-reach option[value="own-port"]');
    assert.equal(await option.evaluate((one) => (one as unknown as { hidden: boolean }).hidden), true);
  });
});

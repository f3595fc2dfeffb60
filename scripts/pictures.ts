// Takes the pictures of README and docs from the running thing: the owner's pages on a phone while the whole story is
// played, the first example in the editor after the demo, the editor's tab *permissions*, and the server node's form.
// Needs Chromium (`test/real/install`). `npm run pictures -- phone flow` takes only those.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Locator, Page } from 'playwright-core';
import { flowHome } from '../test/flows/support/flow-home.ts';
import { serverNode } from '../test/flows/support/test-flow.ts';
import { chromiumHere, launch, openWindow } from '../test/real/browser/support/browser.ts';
import { openNewHome } from '../test/real/browser/support/new-home.ts';
import { playPhoneStory } from '../test/real/browser/support/phone-story.ts';
import { demoPlace, startDemo } from '../test/support/demo-home.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'pictures');
const largestBytes = 150_000;

/** What Node-RED's editor offers to every plugin. */
interface Editor {
  RED: {
    actions: { invoke(action: string): void };
    editor: { editConfig(name: string, type: string, id: string): void };
    sidebar: { show(id: string): void };
  };
}

type Clip = { x: number; y: number; width: number; height: number };

/** Lossy WebP, as Chromium itself makes it: a third of a PNG. */
async function keep(page: Page, name: string, clip?: Clip): Promise<void> {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  const part = clip && { clip: { ...clip, scale: 1 } };
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 80, ...part });
  await devtools.detach();
  const picture = Buffer.from(data, 'base64');
  if (picture.length > largestBytes) throw new Error(`${name} is too large: ${picture.length} bytes`);
  writeFileSync(join(folder, `${name}.webp`), picture);
  console.log(`${name}.webp  ${Math.round(picture.length / 1000)} kB`);
}

async function boxOf(part: Locator): Promise<Clip> {
  const box = await part.boundingBox();
  if (box === null) throw new Error('what should be in the picture is not shown');
  return box;
}

/** Which step of the story each picture shows. */
const steps = new Map([
  ['6-who-waits', 'claim'],
  ['9-request', 'request'],
  ['12-home', 'home'],
  ['15-history', 'history'],
]);

async function phone(browser: Browser): Promise<void> {
  const home = await openNewHome();
  try {
    const { page } = await openWindow(browser, home.issuer, { touch: true, scale: 2 });
    const look = async (step: string): Promise<void> => {
      const name = steps.get(step);
      if (name === undefined) return;
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await keep(page, `${name}-${scheme}`);
      }
      await page.emulateMedia({ colorScheme: 'light' });
    };
    await playPhoneStory({ page, home, locale: 'en-GB', look });
  } finally {
    await home.remove();
  }
}

async function openEditor(browser: Browser, url: string): Promise<Page> {
  const { page } = await openWindow(browser, url, { width: 1200 });
  page.setDefaultTimeout(60_000);
  await page.goto('/');
  await page.locator('.red-ui-flow-node-group').first().waitFor();
  return page;
}

/** The whole flow, with the statuses that the demo's story has left. */
async function flow(browser: Browser): Promise<void> {
  const place = await demoPlace();
  const demo = await startDemo(place);
  try {
    const page = await openEditor(browser, demo.url);
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as Editor;
      for (const action of ['core:toggle-sidebar', 'core:toggle-palette']) RED.actions.invoke(action);
    });
    await page.setViewportSize({ width: 1600, height: 1800 });
    await page.getByText('denied: revoked').waitFor();
    const { x, y } = await boxOf(page.locator('#red-ui-workspace-chart'));
    await keep(page, 'first-steps', { x, y, width: 1470, height: 1630 });
  } finally {
    await demo.stop();
    place.remove();
  }
}

/** Whoever comes may do all, and still it is a login: only then may the tab say yes. */
const login = `
module.exports.adminAuth = { type: 'credentials', users: [], default: { permissions: '*' } };
`;

/** The tab *permissions* when somebody was allowed, somebody was not, and somebody waits. */
async function sidebar(browser: Browser): Promise<void> {
  const home = await flowHome();
  try {
    appendFileSync(join(home.userDir, 'settings.js'), login);
    await home.start();
    await home.ready();
    await home.resource('Dishwasher');
    const page = await openEditor(browser, home.url);
    await page.evaluate(() => (globalThis as unknown as Editor).RED.sidebar.show('uma-permissions'));
    const tab = page.locator('.uma-sidebar');
    await home.knock('/test/call');
    const yes = tab.getByRole('button', { name: 'Yes: Thermostat asks to start Dishwasher' });
    await yes.waitFor();
    await keep(page, 'sidebar-request', await boxOf(page.locator('#red-ui-sidebar')));
    await yes.click();
    await tab.getByText(/^Thermostat may start Dishwasher/).waitFor();
    await home.knock('/dishwasher/start');
    await home.knock('/test/call');
    await tab.getByText('Let through: Thermostat may start Dishwasher.').waitFor();
    await keep(page, 'sidebar', await boxOf(page.locator('#red-ui-sidebar')));
  } finally {
    await home.remove();
  }
}

/** *Who must reach it* in the server node's form, with the fingerprint of the certificate that was made. */
async function reach(browser: Browser): Promise<void> {
  const home = await flowHome();
  try {
    const chosen = { reach: 'home', host: 'raspberrypi.local', certificateFrom: 'made' };
    const laid = home.flow.map((node) => (node.id === serverNode ? { ...node, ...chosen } : node));
    writeFileSync(join(home.userDir, 'flows.json'), JSON.stringify(laid));
    await home.start();
    await home.nodeRed.line(/made its certificate/);
    const page = await openEditor(browser, home.url);
    await page.evaluate(
      (id) => (globalThis as unknown as Editor).RED.editor.editConfig('', 'uma-authorization-server', id),
      serverNode,
    );
    await page
      .locator('#uma-server-state')
      .getByText(/([0-9A-F]{2}:){31}/)
      .waitFor();
    await keep(page, 'reach', await boxOf(page.locator('.red-ui-tray').last()));
  } finally {
    await home.remove();
  }
}

const takes = { phone, flow, sidebar, reach };

async function main(): Promise<void> {
  const chromium = chromiumHere();
  if (chromium === undefined) throw new Error('No Chromium is here: test/real/install installs one.');
  mkdirSync(folder, { recursive: true });
  const named = process.argv.slice(2);
  const browser = await launch(chromium);
  try {
    for (const [name, take] of Object.entries(takes))
      if (named.length === 0 || named.includes(name)) await take(browser);
  } finally {
    await browser.close();
  }
  process.exit(0);
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : String(fault));
  process.exit(1);
});

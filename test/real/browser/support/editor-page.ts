/** The editor as a person meets it. */
import type { Locator, Page } from 'playwright-core';

/** What Node-RED's editor offers to every plugin. */
interface Editor {
  RED?: { sidebar: { show(id: string): void } };
}

/** Opens the editor and its tab *permissions*. */
export async function openEditor(page: Page): Promise<Locator> {
  // The editor is a large program: a busy computer takes its time to start it.
  const starts = { timeout: 60_000 };
  await page.goto('/', starts);
  const sidebar = page.locator('.uma-sidebar');
  // The editor shows its own tab once more when it has loaded all else.
  await page.locator('.red-ui-flow-node-group').first().waitFor(starts);
  await page.evaluate(() => (globalThis as Editor).RED?.sidebar.show('uma-permissions'));
  await sidebar.getByRole('heading', { name: 'Home' }).waitFor();
  return sidebar;
}

/** Presses the button that a node has on the canvas. */
export async function pressNode(page: Page, id: string): Promise<void> {
  await page.locator(`[id="${id}"] .red-ui-flow-node-button-button`).click();
}

/** Shows one of the flows. */
export async function showFlow(page: Page, name: string): Promise<void> {
  await page.locator('#red-ui-workspace-tabs').getByText(name, { exact: true }).click();
}

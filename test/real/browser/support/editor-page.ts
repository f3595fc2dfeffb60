/** The editor as a person meets it. */
import type { Locator, Page } from 'playwright-core';

/** What Node-RED's editor offers to every plugin. */
interface Editor {
  RED?: { sidebar: { show(id: string): void; help: { show(type: string): void } } };
}

/** Opens the editor and its tab *permissions*. */
export async function openEditor(page: Page): Promise<Locator> {
  // The editor is a large program: a busy computer takes its time to start it.
  const starts = { timeout: 60_000 };
  await page.goto('/', starts);
  const sidebar = page.locator('.uma-sidebar');
  // The editor shows its own tab once more when it has loaded all else.
  await page.locator('.red-ui-flow-node-group').first().waitFor(starts);
  await showPermissions(page);
  await sidebar.getByRole('heading', { name: 'Home' }).waitFor();
  return sidebar;
}

export async function showPermissions(page: Page): Promise<void> {
  await page.evaluate(() => (globalThis as Editor).RED?.sidebar.show('uma-permissions'));
}

/** Shows the help of a node. */
export async function showHelp(page: Page, type: string): Promise<void> {
  await page.evaluate((name) => (globalThis as Editor).RED?.sidebar.help.show(name), type);
}

/** WCAG 2.2, relative luminance of `rgb(r, g, b)`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How well the boxes of a picture stand out from what is in them: the least of all, as WCAG 2.2 1.4.11 counts it. */
export async function boxContrast(picture: Locator): Promise<number> {
  const colours = await picture
    .locator('rect')
    .evaluateAll((boxes) => boxes.map((box) => [getComputedStyle(box).fill, getComputedStyle(box).stroke]));
  const ratios = colours.map((pair) => {
    const [dark = 0, light = 0] = pair.map(luminance).sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  });
  return Math.min(...ratios);
}

/** Presses the button that a node has on the canvas. */
export async function pressNode(page: Page, id: string): Promise<void> {
  await page.locator(`[id="${id}"] .red-ui-flow-node-button-button`).click();
}

/** Shows one of the flows. */
export async function showFlow(page: Page, name: string): Promise<void> {
  await page.locator('#red-ui-workspace-tabs').getByText(name, { exact: true }).click();
}

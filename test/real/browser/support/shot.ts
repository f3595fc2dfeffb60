import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/**
 * A picture for whoever wants to look (`UMA_SHOTS`: a directory), named after what is seen, the width and the light.
 * @param fullPage - also what stands below the edge of the screen
 */
export async function shot(page: Page, name: string, fullPage = true): Promise<void> {
  const { UMA_SHOTS: folder } = process.env;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const { width } = page.viewportSize() ?? {};
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const path = join(folder, `${name}-${width}-${isDark ? 'dark' : 'light'}.png`);
  await page.screenshot({ path, fullPage });
}

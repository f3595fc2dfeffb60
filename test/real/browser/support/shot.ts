import type { Page } from 'playwright-core';

/** A picture for whoever wants to look (`UMA_SHOTS`: a directory), named after what is seen, the width and the light. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.UMA_SHOTS) return;
  const { width } = page.viewportSize() ?? {};
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const path = `${process.env.UMA_SHOTS}/${name}-${width}-${isDark ? 'dark' : 'light'}.png`;
  await page.screenshot({ path, fullPage: true });
}

/** The whole story on a phone, with a real Node-RED and a real program outside of it; every page of it looked at. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { violations } from './support/axe.ts';
import { launchOrSkip, openWindow } from './support/browser.ts';
import { type NewHome, openNewHome } from './support/new-home.ts';
import { playPhoneStory } from './support/phone-story.ts';
import { shot } from './support/shot.ts';

/** Words are long in German; colours are the same. */
const passes = [
  { locale: 'en-GB', schemes: ['light', 'dark'] },
  { locale: 'de-DE', schemes: ['light'] },
] as const;

describe('from the first link to the receipt, on a phone', () => {
  let browser: Browser;
  let home: NewHome | undefined;
  before(async function () {
    browser = await launchOrSkip(this);
  });
  afterEach(async () => {
    await home?.remove();
    home = undefined;
  });
  after(async () => await browser?.close());

  for (const { locale, schemes } of passes)
    it(`an outside thermostat is claimed, allowed until tomorrow, starts the dishwasher, and is refused once that is taken back (${locale})`, async () => {
      home = await openNewHome();
      const { page, context, assertCalm } = await openWindow(browser, home.issuer, { locale, touch: true });
      const watched = watchPolicy(page);
      const look = async (step: string) => {
        for (const scheme of schemes) {
          await page.emulateMedia({ colorScheme: scheme });
          await shot(page, `${locale.slice(0, 2)}-${step}`, false);
          assert.deepEqual(await violations(page), [], `${step}, ${scheme}`);
        }
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, `${step} scrolls sideways`);
      };
      await playPhoneStory({ page, home, locale, look });
      watched.assertStrict();
      assertCalm();
      await context.close();
    });
});

/** Of every page that is loaded: whether its policy lets nothing in that does not stand in a file of this server. */
function watchPolicy(page: Page): { assertStrict(): void } {
  const loaded: [string, string][] = [];
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'document') return;
    loaded.push([new URL(response.url()).pathname, response.headers()['content-security-policy'] ?? '']);
  });
  return {
    assertStrict() {
      // The form, what became of it, and the owner's pages: once, and never anew.
      assert.deepEqual(
        loaded.map(([path]) => path),
        ['/setup', '/setup', '/'],
      );
      for (const [path, policy] of loaded) {
        assert.match(policy, /default-src 'none'/, path);
        assert.match(policy, /frame-ancestors 'none'/, path);
        assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/, path);
      }
      assert.deepEqual(errors, []);
    },
  };
}

import type { Browser, Page } from 'playwright-core';
import { type Home, openHome } from '../../../contract/support/home.ts';
import { type Look, launchOrSkip, openWindow, type Watched } from './browser.ts';

/** A home of its own for each test of a suite, and a window at its owner's pages. */
export interface OwnerWindow {
  readonly browser: Browser;
  readonly home: Home;
  readonly window: Watched;
  readonly page: Page;
}

/**
 * Call it first in a suite; what it returns is there while a test runs. Each test ends with the question whether anything
 * happened in the window that never should.
 */
export function ownerWindow(look: Look = {}): OwnerWindow {
  const there = {} as { browser: Browser; home: Home; window: Watched; page: Page };
  before(async function () {
    there.browser = await launchOrSkip(this);
  });
  beforeEach(async () => {
    there.home = await openHome();
    there.window = await openWindow(there.browser, there.home.issuer, look);
    there.page = there.window.page;
  });
  afterEach(async () => {
    there.window.assertCalm();
    await there.window.context.close();
    await there.home.close();
  });
  after(async () => await there.browser?.close());
  return there;
}

/** Chromium, and pages in it that keep account of whatever should never happen. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** `pi.test` is this computer, as a name in a home network would be. */
const flags = ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP pi.test 127.0.0.1'];
const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);

/** The one that CHROMIUM names, or that this computer has where Debian and its kin keep it. */
export function chromiumHere(): string | undefined {
  return [process.env.CHROMIUM ?? '', ...places].find((path) => path !== '' && existsSync(path));
}

/** @param more - arguments of Chromium's own */
export function launch(executablePath: string, more: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...flags, ...more] });
}

/** Leaves the tests of a suite out, and says so, where there is no browser. */
export async function launchOrSkip(context: Mocha.Context, more: string[] = []): Promise<Browser> {
  const found = chromiumHere();
  if (found !== undefined) return launch(found, more);
  console.warn('skip: no Chromium is here; test/real/install installs one');
  return context.skip();
}

export interface Look {
  width?: number;
  scheme?: 'light' | 'dark';
  locale?: string;
  /** IANA; by default this computer’s. */
  timezone?: string;
  /** Touched, as a phone is. */
  touch?: boolean;
  /** Goes on where the browser warns of the certificate. */
  ignoreCertificate?: boolean;
  /** Pixels of the screen for each of the page's. */
  scale?: number;
}

export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Fails where a script failed, something was loaded from elsewhere, or the policy was offended. */
  assertCalm(): void;
}

/** A window as a person opens one: a phone's size unless said otherwise. */
export async function openWindow(browser: Browser, issuer: string, look: Look = {}) {
  const { width = 360, scheme = 'light', locale = 'en-GB', timezone, touch = false, scale = 1 } = look;
  const viewport = { width, height: width < 700 ? 740 : 800 };
  const screen = { viewport, deviceScaleFactor: scale, hasTouch: touch, isMobile: touch };
  // Half-way through an animation, colours are not what anybody reads.
  const calm = { colorScheme: scheme, reducedMotion: 'reduce' } as const;
  const where = {
    ...{ baseURL: issuer, locale, ignoreHTTPSErrors: look.ignoreCertificate ?? false },
    ...(timezone !== undefined && { timezoneId: timezone }),
  };
  const context = await browser.newContext({ ...screen, ...where, ...calm });
  context.setDefaultTimeout(10_000);
  return watch(await context.newPage(), context, issuer);
}

export function watch(page: Page, context: BrowserContext, issuer: string): Watched {
  const odd: string[] = [];
  page.on('pageerror', (fault) => odd.push(`script: ${fault.message}`));
  page.on('dialog', (dialog) => odd.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${issuer}/`)) odd.push(`elsewhere: ${request.url()}`);
  });
  page.on('console', (message) => {
    // The browser itself notes every refusal and every broken connection; those are the tests' own doing.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) odd.push(message.text());
  });
  return { page, context, assertCalm: () => assert.deepEqual(odd, []) };
}

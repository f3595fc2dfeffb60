/** README's *Your first share*, read out of it and followed click by click: from what `npm start` prints to a share that stands. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { openEditorLine } from '../../../demo/editor-line.ts';
import { inTime, type Shown } from '../../../demo/stage.ts';
import { type DemoPlace, demoPlace, type RunningDemo, startDemo } from '../../support/demo-home.ts';
import { launchOrSkip } from './support/browser.ts';
import { shot } from './support/shot.ts';

const mostClicks = 8;
const aMinuteMs = 60_000;

const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');
const [, section = ''] = /^## Your first share\n(.*?)^## /ms.exec(readme) ?? [];
const steps = [...section.matchAll(/^\d+\. (.+)$/gm)].map(([, step = '']) => step);

/** A person before the terminal of `npm start` and a browser, who does what is written and nothing else. */
class Newcomer {
  clicks = 0;
  readonly #demo: RunningDemo;
  readonly #context: BrowserContext;

  constructor(demo: RunningDemo, context: BrowserContext) {
    this.#demo = demo;
    this.#context = context;
  }

  async follow(step: string): Promise<void> {
    const ways: [RegExp, (...names: string[]) => Promise<void>][] = [
      [/^In the terminal, click the address of _(.+?)_/, (label) => this.#openPrinted(label)],
      [/^Click the button at the left of _(.+?)_/, (name) => this.#pressNode(name)],
      [/^Click the browser's tab _(.+?)_/, (title) => this.#turnTo(title)],
      [/^Click _(.+?)_ and type `(.+?)`; the Tab key/, (field, name) => this.#typeNameAndPassword(field, name)],
      [/^Click _(.+?)_ below _(.+?)_/, (button, card) => this.#pressOnCard(button, card)],
      [/^Click _(.+?)_\./, (name) => this.#click(this.#here().getByRole('button', { name, exact: true }))],
    ];
    const [way] = ways.flatMap(([words, act]) => {
      const found = words.exec(step);
      return found ? [() => act(...found.slice(1))] : [];
    });
    await (way ?? assert.fail(`nobody could follow this: ${step}`))();
    const [, status] = /(?:stands|says) _(.+?)_/.exec(step) ?? [];
    if (status) await this.#here().locator('.red-ui-flow-node-status-label', { hasText: status }).first().waitFor();
  }

  #here(): Page {
    return this.#shown ?? assert.fail('no page is open yet');
  }
  #shown: Page | undefined;

  async #click(what: Locator): Promise<void> {
    this.clicks += 1;
    await what.click();
  }

  async #openPrinted(label: string): Promise<void> {
    const [, address] = new RegExp(`^\\s*${label}\\s+(http\\S+)`, 'm').exec(this.#demo.output()) ?? [];
    this.clicks += 1;
    this.#shown = await this.#context.newPage();
    await this.#shown.goto(address ?? assert.fail(`npm start prints no ${label}`));
  }

  async #pressNode(name: string): Promise<void> {
    const node = this.#here().locator('.red-ui-flow-node-group', { hasText: name });
    await this.#click(node.locator('.red-ui-flow-node-button-button'));
  }

  async #turnTo(title: string): Promise<void> {
    const titles = await Promise.all(this.#context.pages().map(async (page) => ({ page, title: await page.title() })));
    const found = titles.find((one) => one.title.startsWith(title));
    this.clicks += 1;
    this.#shown = found?.page ?? assert.fail(`no tab is called ${title}`);
    await this.#shown.bringToFront();
  }

  async #typeNameAndPassword(field: string, name: string): Promise<void> {
    const { keyboard } = this.#here();
    await this.#click(this.#here().getByLabel(field));
    await keyboard.type(name);
    await keyboard.press('Tab');
    await keyboard.type(this.#demo.password);
  }

  #pressOnCard(button: string, heading: string): Promise<void> {
    const card = this.#here().getByRole('article', { name: heading });
    return this.#click(card.getByRole('button', { name: button, exact: true }));
  }
}

describe('README: your first share', () => {
  let browser: Browser;
  let place: DemoPlace;
  let demo: RunningDemo;
  let context: BrowserContext;
  before(async function () {
    browser = await launchOrSkip(this);
    place = await demoPlace();
    demo = await startDemo(place);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    context.setDefaultTimeout(30_000);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
    place?.remove();
  });

  /** A real call: the doorbell asks, and what came of it is what its flow says. */
  async function ring(): Promise<Shown> {
    const line = await openEditorLine(demo.url);
    try {
      const heard = line.heard('ph-heard-ask', undefined, performance.now());
      await line.press('ph-press-ask');
      return (await inTime('the doorbell is answered', heard)).value as Shown;
    } finally {
      line.close();
    }
  }

  it(`is made with at most ${mostClicks} clicks within a minute, by doing what is written`, async () => {
    const newcomer = new Newcomer(demo, context);
    const begunMs = performance.now();
    for (const step of steps) await newcomer.follow(step);
    const tookMs = performance.now() - begunMs;
    assert.equal(newcomer.clicks, steps.length, 'one click each');
    assert.ok(newcomer.clicks > 0 && newcomer.clicks <= mostClicks, `${newcomer.clicks} clicks`);
    assert.ok(tookMs < aMinuteMs, `it took ${Math.round(tookMs / 1000)} s`);
    for (const [index, page] of context.pages().entries()) await shot(page, `first-share-${index}`, false);
  });

  it('stands: the lamp is turned on by who holds it, and by nobody else', async () => {
    const { statusCode, payload } = await ring();
    assert.deepEqual([statusCode, payload], [200, { on: true }]);
    assert.equal((await fetch(`${demo.url}/phone/lamp`, { method: 'POST' })).status, 401);
  });

  it('is taken back under Home, and nothing reaches the lamp any more', async () => {
    const pages = context.pages().find((page) => page.url().startsWith(demo.issuer)) ?? assert.fail('no owner’s pages');
    await pages.getByRole('link', { name: 'Home' }).click();
    await pages.getByRole('button', { name: 'Take back: Doorbell may turn on Lamp' }).click();
    await pages.locator('.notice', { hasText: 'Taken back' }).waitFor();
    const { outcome, statusCode } = await ring();
    assert.deepEqual([outcome, statusCode], ['pending', undefined]);
  });
});

/**
 * One thread from the first link to the receipt: an owner with a phone, a Node-RED, and a thermostat that is no part of it.
 * Each step waits for what the owner sees, the program says or the flow does.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { say } from '../../../../lib/sharing/say.ts';
import type { Text } from '../../../../lib/sharing/text.ts';
import { runThermostat, type ThermostatProgram } from '../../../flows/support/thermostat-program.ts';
import type { NewHome } from './new-home.ts';

export interface StoryParts {
  page: Page;
  home: NewHome;
  /** BCP 47: what the browser asks for, and the pages speak. */
  locale: string;
  /** Called at each step, by its name, when its page is drawn. */
  look(step: string): Promise<void>;
}

const owner = { name: 'Robin', password: 'a few easy words' };
const device = 'Thermostat outside';
const start = { device, resource: 'Dishwasher', scopes: 'start' };

/** @throws where the owner sees, the program says or the flow does anything else */
export async function playPhoneStory(parts: StoryParts): Promise<void> {
  const programs: ThermostatProgram[] = [];
  const run = (): ThermostatProgram => {
    const { issuer, dishwasherUrl: url, userDir } = parts.home;
    const program = runThermostat({ issuer, url, file: join(userDir, 'thermostat.json') });
    programs.push(program);
    return program;
  };
  try {
    await setUp(parts);
    await signIn(parts);
    const first = run();
    await claim(parts, first);
    await allow(parts);
    await starts(parts, first);
    await parts.home.shutDoor();
    await takeBack(parts, run());
    await refuseAgain(parts, run());
    await lookBack(parts);
  } finally {
    for (const program of programs) await program.end();
  }
}

function handOf({ page, locale }: StoryParts) {
  const word = (key: string, values?: Text['values']) => say(values ? { key, values } : { key }, locale);
  return {
    word,
    type: (key: string, text: string) => page.getByLabel(word(key), { exact: true }).fill(text),
    press: (key: string) => page.getByRole('button', { name: word(key), exact: true }).tap(),
    follow: (key: string) => page.getByRole('link', { name: word(key) }).tap(),
    heading: (key: string, values?: Text['values']) =>
      page.getByRole('heading', { name: word(key, values), exact: true }).waitFor(),
    sees: (text: string | RegExp) => page.getByText(text).first().waitFor(),
    told: (text: string | RegExp) => page.locator('.notice').filter({ hasText: text }).waitFor(),
  };
}

async function setUp(parts: StoryParts): Promise<void> {
  const { page, home, look } = parts;
  const { word, type, press, follow, heading, sees } = handOf(parts);
  await page.goto(home.setUpLink);
  await heading('page.set_up_title');
  await look('1-set-up');
  await type('page.field_name', owner.name);
  await type('page.field_password', owner.password);
  await type('page.field_again', owner.password);
  await press('page.set_up_button');
  await sees(word('page.set_up_done', { owner: owner.name }));
  await sees(word('page.set_up_connected'));
  await look('2-owner-made');
  await follow('page.link_home');
}

async function signIn(parts: StoryParts): Promise<void> {
  const { page, look } = parts;
  const { type, press, heading } = handOf(parts);
  await heading('portal.sign_in_title');
  await look('3-sign-in');
  await type('portal.name_field', owner.name);
  await type('portal.password', owner.password);
  await press('portal.sign_in');
  await heading('portal.home_title');
  await page.getByRole('article', { name: 'Doorbell' }).waitFor();
  await look('4-home-at-first');
}

/** The code is typed, and what it stands for compared with what the program shows. */
async function claim(parts: StoryParts, thermostat: ThermostatProgram): Promise<void> {
  const { page, look } = parts;
  const { word, type, press, follow, heading, told } = handOf(parts);
  const [, code = ''] = await thermostat.says(/types ([A-Z]{4}-[A-Z]{4})/);
  const [, groups = ''] = await thermostat.says(/fingerprint of my key is (.+)/);
  const fingerprint = groups.replaceAll(' ', '');
  await follow('portal.nav_add');
  await heading('portal.add_title');
  await look('5-add');
  await type('portal.code_field', code);
  await press('portal.code_look');
  await heading('portal.calls_itself_what', { device });
  const shown = page.getByRole('img', { name: word('portal.fingerprint_value', { fingerprint }) });
  await shown.waitFor();
  const inGroups = await shown.locator('span').allTextContents();
  assert.equal(inGroups.join(' '), groups, 'in the groups that the thermostat shows');
  await look('6-who-waits');
  await press('portal.claim');
  await told(word('portal.claimed', { device }));
  await look('7-claimed');
}

/** The request comes by itself; of the ends that are offered the owner chooses tomorrow. */
async function allow(parts: StoryParts): Promise<void> {
  const { page, look } = parts;
  const { word, press, follow, heading, told } = handOf(parts);
  await follow('portal.nav_requests');
  await heading('portal.requests_title');
  await look('8-requests');
  await page.getByRole('article', { name: word('sentence.request', start) }).waitFor();
  await look('9-request');
  await page.getByText(word('portal.choose_limits')).tap();
  await page.getByRole('radio', { name: word('portal.end_tomorrow') }).tap();
  await look('10-until-tomorrow');
  const allowed = () => `${word('sentence.share_until', { ...start, until: tomorrowEnds() })}.`;
  const before = allowed();
  await press('portal.approve');
  await told(`${device} `);
  const said = await page.locator('.notice p').first().textContent();
  // Midnight may have passed meanwhile.
  assert.ok(said === before || said === allowed(), `${said}, not ${before}`);
  await look('11-allowed');
}

function tomorrowEnds(): number {
  return new Date().setHours(48, 0, 0, 0) / 1000;
}

async function starts(parts: StoryParts, thermostat: ThermostatProgram): Promise<void> {
  const { page, home, look } = parts;
  const { follow, heading } = handOf(parts);
  assert.match(await home.started(), /^Let through: Thermostat outside may start Dishwasher/);
  await thermostat.says(/^200 .*started/);
  await follow('portal.nav_home');
  await heading('portal.home_title');
  await page.getByRole('article', { name: device }).waitFor();
  await look('12-home');
}

/** It has its token, and its message is on its way: it comes too late. */
async function takeBack(parts: StoryParts, thermostat: ThermostatProgram): Promise<void> {
  const { page, home, look } = parts;
  const { word, told } = handOf(parts);
  await home.held();
  const card = page.getByRole('article', { name: device });
  await card.getByRole('button', { name: new RegExp(`^${word('portal.take_back')}`) }).tap();
  await told(word('portal.taken_back', { sentence: `${device} ` }).slice(0, -2));
  await home.openDoor();
  await thermostat.says(/^401 .*"revoked"/);
  await card.getByText(word('portal.may_nothing')).waitFor();
  await look('13-taken-back');
}

/** It asks once more, and the owner says no. */
async function refuseAgain(parts: StoryParts, thermostat: ThermostatProgram): Promise<void> {
  const { page, look } = parts;
  const { word, press, follow, told } = handOf(parts);
  await thermostat.says(/has been asked/);
  await follow('portal.nav_requests');
  await page.getByRole('article', { name: word('sentence.request', start) }).waitFor();
  await press('portal.deny');
  await told(word('portal.denied', { device }));
  await look('14-denied');
  await thermostat.says(/no|denied/i);
}

async function lookBack(parts: StoryParts): Promise<void> {
  const { page, look } = parts;
  const { word, follow, heading, sees } = handOf(parts);
  await follow('portal.nav_history');
  await heading('portal.history_title');
  const line = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  const allowed = (until: number) =>
    line(word('sentence.granted_limited', { ...start, conditions: JSON.stringify({ until }) }));
  // Midnight may have passed meanwhile.
  await allowed(tomorrowEnds())
    .or(allowed(tomorrowEnds() - 86_400))
    .waitFor();
  await line(word('portal.history_request_denied', start)).waitFor();
  await line(word('portal.history_share_ended', start))
    .filter({ hasText: word('portal.why_withdrawn') })
    .waitFor();
  await look('15-history');
  await follow('portal.receipts_title');
  await heading('portal.receipts_title');
  await sees(word('portal.receipt_share', start));
  await sees(word('portal.receipt_by_you'));
  await look('16-receipts');
}

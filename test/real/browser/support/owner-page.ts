import type { Page } from 'playwright-core';
import type { Home } from '../../../contract/support/home.ts';
import { ownerName, ownerPassword } from '../../../contract/support/running-server.ts';
import type { TestClient } from '../../../contract/support/test-client.ts';

/** Signs in by the form, as a person does, and waits for the home. */
export async function signInByForm(page: Page, name = ownerName, password = ownerPassword): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function openHomePage(page: Page): Promise<void> {
  await page.goto('/');
  await signInByForm(page);
  await page.getByRole('heading', { level: 1, name: 'Your home' }).waitFor();
}

/** Goes there by its link, without loading the page anew. */
export async function goTo(page: Page, hash: string, heading: string | RegExp): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** A device of the owner's that asks, as UMA Grant 3.3.1 says. */
export async function ask(home: Home, device: TestClient, scopes = ['start'], resource = home.resource) {
  const wanted = { resource_id: resource, resource_scopes: scopes };
  const { ticket } = (await home.gateway.call('POST', '/permission', home.pat, wanted)).body;
  return device.rpt(ticket);
}

export async function claimed(home: Home, name: string): Promise<TestClient> {
  const device = await home.stranger(name);
  await home.owner.call('POST', `/api/devices/${device.clientId}/claim`, {});
  return device;
}

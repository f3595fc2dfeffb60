/**
 * *My home network* with a certificate that the server made itself: the browser knows the server by a name that no name
 * server has, warns, and once the fingerprint is accepted everything works over TLS, also when the server was away.
 */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { tlsConnection } from '../../contract/support/certificates.ts';
import { eventually } from '../../flows/support/eventually.ts';
import { type FlowHome, flowHome } from '../../flows/support/flow-home.ts';
import { serverNode } from '../../flows/support/test-flow.ts';
import { launchOrSkip, openWindow } from './support/browser.ts';
import { goTo, openHomePage } from './support/owner-page.ts';
import { shot } from './support/shot.ts';

const host = 'home-server.test';
const reach = { reach: 'home', host, certificateFrom: 'made' };
/** The phone's name server. */
const resolves = `--host-resolver-rules=MAP ${host} 127.0.0.1`;

/** What Node-RED's editor offers to every plugin. */
interface Editor {
  RED?: { editor: { editConfig(name: string, type: string, id: string): void } };
}

describe('a certificate that the server made on its first use', () => {
  let home: FlowHome;
  let issuer: string;
  let port: number;
  let browser: Browser;
  before(async function () {
    browser = await launchOrSkip(this, [resolves]);
    home = await flowHome();
    port = Number(new URL(home.issuer).port);
    issuer = `https://${host}:${port}`;
    const flow = home.flow.map((node) => (node.id === serverNode ? { ...node, ...reach } : node));
    writeFileSync(join(home.userDir, 'flows.json'), JSON.stringify(flow));
    await home.start();
    await told();
  });
  after(async () => {
    await browser?.close();
    await home?.remove();
  });

  /** As the log tells it to whoever compares. */
  const told = async () => /fingerprint: ([0-9A-F:]{95})/.exec(await home.nodeRed.line(/made its certificate/))?.[1];

  it('a browser warns of it', async () => {
    const { page, context } = await openWindow(browser, issuer);
    await assert.rejects(page.goto('/'), /ERR_CERT_AUTHORITY_INVALID/);
    await context.close();
  });

  describe('once a person has accepted it', () => {
    let page: Page;
    let assertCalm: () => void;
    before(async function () {
      await browser.close();
      const socket = await tlsConnection(port, host);
      const shown = socket.getPeerX509Certificate() ?? assert.fail();
      socket.destroy();
      const spki = shown.publicKey.export({ type: 'spki', format: 'der' });
      const accepted = createHash('sha256').update(spki).digest('base64');
      browser = await launchOrSkip(this, [resolves, `--ignore-certificate-errors-spki-list=${accepted}`]);
      ({ page, assertCalm } = await openWindow(browser, issuer));
    });

    it('signs in, with a cookie that goes nowhere else and never without TLS', async () => {
      await openHomePage(page);
      const [cookie] = await page.context().cookies();
      assert.match(cookie?.name ?? '', /^__Host-/);
      const { secure, httpOnly, sameSite, path, domain } = cookie ?? assert.fail();
      assert.deepEqual([secure, httpOnly, sameSite, path, domain], [true, true, 'Strict', '/', host]);
    });

    it('the browser saw the certificate whose fingerprint the log and the server node’s form tell', async () => {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Network.enable');
      // It tells of what was loaded since.
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Your home' }).waitFor();
      const { tableNames } = await devtools.send('Network.getCertificate', { origin: issuer });
      const { fingerprint256 } = new X509Certificate(Buffer.from(tableNames[0] ?? '', 'base64'));
      assert.equal(await told(), fingerprint256);
      const editor = await page.context().newPage();
      await editor.setViewportSize({ width: 1200, height: 800 });
      // The editor is a large program: a busy computer takes its time to start it.
      const starts = { timeout: 60_000 };
      await editor.goto(home.url, starts);
      await editor.locator('.red-ui-flow-node-group').first().waitFor(starts);
      await editor.evaluate(
        (id) => (globalThis as Editor).RED?.editor.editConfig('', 'uma-authorization-server', id),
        serverNode,
      );
      await editor.locator('#uma-server-state').getByText(fingerprint256).waitFor();
      await shot(editor, 'certificate-form', false);
      await editor.close();
    });

    it('lets a Node-RED in, and a request appears by itself', async () => {
      const [code = ''] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(await home.nodeRed.line(/let it in with the code/)) ?? [];
      await goTo(page, `#/code/${code}`, 'Who waits with this code');
      await page.getByRole('button', { name: 'Let it in' }).click();
      await home.nodeRed.line(/connected to its owner/);
      await goTo(page, '#/requests', 'Requests');
      await page.getByText('Nobody waits').waitFor();
      await eventually('the thermostat should wait for its owner', async () => {
        return (await home.knock('/test/call')).body.uma?.outcome === 'pending';
      });
      await page.getByRole('article', { name: 'Thermostat asks to start Dishwasher' }).waitFor();
    });

    it('the server goes and comes back: the page says so, and goes on by itself, with the same certificate', async () => {
      const before = await told();
      await home.nodeRed.stop();
      const away = page.getByText('The server cannot be reached at this moment');
      await away.waitFor();
      await shot(page, 'server-away', false);
      await home.start();
      await away.waitFor({ state: 'detached', timeout: 30_000 });
      assert.equal(await told(), before);
      await home.nodeRed.line(/connected to its owner/);
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.locator('.notice').filter({ hasText: 'Thermostat may start Dishwasher' }).waitFor();
      assert.equal((await home.knock('/test/call')).body.uma.outcome, 'allowed');
      assertCalm();
    });
  });
});

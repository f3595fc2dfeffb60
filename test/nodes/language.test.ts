/** What the nodes of a server speak: what its node is set to, else what Node-RED is set to, else English. */
import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { aFlow, configs, type FlowOptions, type Running, withNodeRed } from './a-flow.ts';
import { aShare } from './fake-gateway.ts';

const listing = { type: 'share', action: 'list', server: 'n-home' };
const checking = {
  type: 'rpt-check',
  carrier: 'http',
  resource: 'n-dishwasher',
  scopes: 'start',
  scopesType: 'scopes',
};
const serverIn = (language: string): FlowOptions => ({ nodes: [{ ...configs[0], language }] });

async function told(flow: Running): Promise<{ all: unknown; one: unknown }> {
  flow.give({});
  const { uma, payload } = await flow.next(1);
  return { all: uma?.sentence, one: (payload as { sentence: string }[])[0]?.sentence };
}

const english = { all: 'Shares: 1.', one: 'Thermostat may start Dishwasher' };
const german = { all: 'Freigaben: 1.', one: 'Thermostat darf Dishwasher starten' };

describe('the language of the nodes', () => {
  describe('where Node-RED is set to none', () => {
    withNodeRed();

    it('is English', async () => {
      const flow = await aFlow(listing);
      assert.deepEqual(await told(flow), english);
      assert.equal(flow.gateways.opened.at(-1)?.settings.language, 'en');
    });

    it('is German where the server node says so, in hints, refusals and what the server is asked for', async () => {
      const flow = await aFlow(listing, serverIn('de'));
      assert.deepEqual(await told(flow), german);
      assert.equal(flow.gateways.opened.at(-1)?.settings.language, 'de');
    });

    it('is English where the server node says so', async () => {
      assert.deepEqual(await told(await aFlow(listing, serverIn('en'))), english);
    });

    it('says of a moment that it is in UTC where this computer is, as in a container, and nobody else', async () => {
      const home = process.env.TZ;
      const until = Date.UTC(2040, 0, 2, 12) / 1000;
      const said = async (zone: string) => {
        process.env.TZ = zone;
        const flow = await aFlow(listing);
        flow.fake().owner.shares = async () => ({ items: [{ ...aShare, conditions: { until } }] });
        return String((await told(flow)).one).split(' until ')[1];
      };
      try {
        assert.equal(await said('UTC'), 'January 2, 2040 12:00 UTC');
        await helper.unload();
        assert.equal(await said('Europe/Berlin'), 'January 2, 2040 13:00');
      } finally {
        if (home === undefined) delete process.env.TZ;
        else process.env.TZ = home;
      }
    });

    it('a mistake of the flow has its hint in German', async () => {
      const flow = await aFlow({ ...listing, action: 'approve' }, serverIn('de'));
      flow.give({});
      assert.match(String((await flow.next(3)).uma?.hint), /^Es ist keine Anfrage angegeben/);
    });

    it('RFC 6749 5.2: a refusal made here has its hint in German, and its error_description in ASCII', async () => {
      const flow = await aFlow(checking, serverIn('de'));
      flow.give({ payload: 1 });
      const { uma, payload } = await flow.next(2);
      assert.match(String(uma?.hint), /kam nicht von einem Node „http in“/);
      const { error_description: description, hint } = payload as Record<string, string>;
      assert.match(description ?? '', /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
      assert.match(hint ?? '', /Sende genau einen Header/);
    });
  });

  describe('where Node-RED is set to German', () => {
    withNodeRed({ lang: 'de-AT' });

    it('is German', async () => {
      const flow = await aFlow(listing);
      assert.deepEqual(await told(flow), german);
      assert.equal(flow.gateways.opened.at(-1)?.settings.language, 'de-AT');
    });

    it('dates are written as in that country', async () => {
      const flow = await aFlow(listing);
      const until = Date.UTC(2040, 0, 2, 12) / 1000;
      flow.fake().owner.shares = async () => ({ items: [{ ...aShare, conditions: { until } }] });
      assert.match(String((await told(flow)).one), /darf Dishwasher bis 2\. Jänner 2040 \d\d:\d\d(?: UTC)? starten$/);
    });

    it('is English where the server node says so', async () => {
      assert.deepEqual(await told(await aFlow(listing, serverIn('en'))), english);
    });
  });

  describe('where Node-RED is set to a language that there are no words in, or to nonsense', () => {
    withNodeRed({ lang: 'fr\r\nx: y' });

    it('is English', async () => {
      assert.deepEqual(await told(await aFlow(listing)), english);
    });
  });
});

/** A user changes the port of the built-in server and deploys: nothing is lost, and nobody is asked anything. */
import assert from 'node:assert/strict';
import { freePort } from '../support/free-port.ts';
import { eventually } from './support/eventually.ts';
import { type FlowHome, openFlowHome, signIn } from './support/flow-home.ts';
import { serverNode } from './support/test-flow.ts';

describe('the built-in server under another port, deployed', () => {
  let home: FlowHome;

  before(async () => {
    home = await openFlowHome();
  });
  after(() => home?.remove());

  it('the flows work again: the same device and resources, the share, and the authority to share', async () => {
    await eventually('shared', async () => (await home.knock('/test/share')).status === 200);
    const started = async () => (await home.knock('/test/call')).body.statusCode === 200;
    await eventually('started', started);
    const names = async (call: Awaited<ReturnType<typeof signIn>>, list: string) =>
      (await call('GET', `/api/${list}`)).body.items.map(({ id }: { id: string }) => id).sort();
    const lists = ['devices', 'resources', 'shares', 'gateways'];
    const owner = await home.owner();
    const before = await Promise.all(lists.map((list) => names(owner, list)));

    const port = await freePort();
    const moved = home.flow.map((node) => (node.id === serverNode ? { ...node, port: String(port) } : node));
    await home.deploy('full', moved);
    await eventually('started', started);

    const again = await signIn(`http://127.0.0.1:${port}`);
    assert.deepEqual(await Promise.all(lists.map((list) => names(again, list))), before);
    assert.equal((await home.knock('/test/share')).status, 200);
    await assert.rejects(fetch(home.issuer), 'nothing answers at the old port');
  });
});

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import type { Told } from '../../../lib/node-red/decision-log.ts';
import { decisionLogs } from '../../../lib/node-red/decision-logs.ts';

const decided = { allowed: true, sentence: { key: 'node.passed' } };

describe('the decisions of a server node', () => {
  const published: { told: Told[]; retain: boolean }[] = [];
  const fakeRed = {
    comms: { publish: (_topic: string, told: Told[], retain: boolean) => published.push({ told, retain }) },
  } as unknown as NodeAPI;
  const aNode = (): Node => Object.assign(new EventEmitter(), { id: 'n-home' }) as unknown as Node;
  const close = (node: Node, removed: boolean): Promise<void> =>
    new Promise((resolve) => void (node as unknown as EventEmitter).emit('close', removed, resolve));

  it('outlive a deploy, and end with the node that is deleted', async () => {
    const logOf = decisionLogs(fakeRed);
    const before = aNode();
    const log = logOf(before);
    log.add(decided);
    await close(before, false);
    assert.deepEqual(
      published.map(({ told, retain }) => [told.length, retain]),
      [[1, true]],
    );
    const after = aNode();
    assert.equal(logOf(after), log);
    await close(after, true);
    assert.deepEqual(published.at(-1), { told: [], retain: false });
    assert.notEqual(logOf(aNode()), log);
  });
});

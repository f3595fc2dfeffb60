import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Node } from 'node-red';
import { createMailboxes } from '../../../lib/node-red/mailboxes.ts';

const aNode = (id = 'n'): Node => Object.assign(new EventEmitter(), { id }) as unknown as Node;

describe('mailboxes', () => {
  const setUp = () => {
    const boxes = createMailboxes<string>();
    const taken: string[] = [];
    const open = (node: Node, as = '') => boxes.open(node, (letter) => taken.push(as + letter));
    return { boxes, taken, open };
  };

  it('hands on at once what comes for a node that is there', () => {
    const { boxes, taken, open } = setUp();
    open(aNode());
    boxes.post('n', 'hello');
    assert.deepEqual(taken, ['hello']);
  });

  it('keeps what comes during a deploy for the node that follows, in order and once', async () => {
    const { boxes, taken, open } = setUp();
    const old = aNode();
    open(old, 'old ');
    old.emit('close');
    boxes.post('n', 'one');
    boxes.post('n', 'two');
    open(aNode(), 'new ');
    boxes.post('n', 'three');
    await setImmediate();
    assert.deepEqual(taken, ['new one', 'new two', 'new three']);
  });

  it('a node that closes after its successor has come takes nothing away from it', () => {
    const { boxes, taken, open } = setUp();
    const old = aNode();
    open(old, 'old ');
    open(aNode(), 'new ');
    old.emit('close');
    boxes.post('n', 'hello');
    assert.deepEqual(taken, ['new hello']);
  });

  it('loses what is for nobody, and keeps no more than a hundred', async () => {
    const { boxes, taken, open } = setUp();
    boxes.post('n', 'too early');
    const old = aNode();
    open(old);
    old.emit('close');
    for (let number = 0; number < 150; number += 1) boxes.post('n', String(number));
    open(aNode());
    await setImmediate();
    assert.equal(taken.length, 100);
    assert.equal(taken[0], '0');
  });
});

/** What the forms and a deploy warn of alike. */
import assert from 'node:assert/strict';
import { type Feeder, senderMayChoose, uncheckedDoor } from '../../../lib/node-red/wiring.ts';

const door: Feeder = { id: 'door', type: 'http in', output: 1 };
const between: Feeder = { id: 'between', type: 'function', output: 1 };
const check = (output: number): Feeder => ({ id: 'check', type: 'rpt-check', output });

const found = (feeders: Record<string, Feeder[]>) => uncheckedDoor('ask', (id) => feeders[id] ?? []);

describe('an http in that feeds a node without a check between', () => {
  it('is found through other nodes', () => assert.equal(found({ ask: [between], between: [door] }), 'door'));

  it('is found where only one of two ways has a check', () => {
    assert.equal(found({ ask: [check(1), between], check: [door], between: [door] }), 'door');
  });

  it('is found behind what a check has refused', () => {
    assert.equal(found({ ask: [check(2)], check: [door] }), 'door');
  });

  it('is none behind a check', () => assert.equal(found({ ask: [check(1)], check: [door] }), undefined));

  it('is looked for once in a loop', () => {
    assert.equal(found({ ask: [between], between: [{ ...between, id: 'ask' }, between] }), undefined);
  });
});

describe('a value that the sender of a message may be able to choose', () => {
  it('is one of the message, and none of the settings, the context or the environment', () => {
    const kinds = ['msg', 'jsonata', 'scopes', 'str', 'config', 'list', 'flow', 'global', 'env'];
    assert.deepEqual(kinds.filter(senderMayChoose), ['msg', 'jsonata']);
  });
});

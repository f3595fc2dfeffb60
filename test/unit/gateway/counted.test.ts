import assert from 'node:assert/strict';
import { createCounted } from '../../../lib/gateway/counted.ts';

interface Thing {
  number: number;
  close(): Promise<void>;
}

function workshop() {
  const log: string[] = [];
  let made = 0;
  const open = async (): Promise<Thing> => {
    made += 1;
    const number = made;
    log.push(`open ${number}`);
    return {
      number,
      close: async () => {
        await Promise.resolve();
        log.push(`closed ${number}`);
      },
    };
  };
  return { log, open };
}

describe('counted things', () => {
  it('are opened once for a key and closed by the last who gives them back', async () => {
    const { log, open } = workshop();
    const counted = createCounted<Thing>();
    const [one, two] = await Promise.all([counted.take('a', open), counted.take('a', open)]);
    assert.equal(one.value, two.value);
    await one.giveBack();
    await one.giveBack();
    assert.deepEqual(log, ['open 1']);
    await two.giveBack();
    assert.deepEqual(log, ['open 1', 'closed 1']);
  });

  it('are others for another key', async () => {
    const { open } = workshop();
    const counted = createCounted<Thing>();
    assert.notEqual((await counted.take('a', open)).value, (await counted.take('b', open)).value);
  });

  it('are opened anew only when the one before is closed', async () => {
    const { log, open } = workshop();
    const counted = createCounted<Thing>();
    const first = await counted.take('a', open);
    const closed = first.giveBack();
    const [second, third] = await Promise.all([counted.take('a', open), counted.take('a', open)]);
    await closed;
    assert.deepEqual(log, ['open 1', 'closed 1', 'open 2']);
    assert.equal(second.value, third.value);
  });

  it('that could not be opened are tried again by the next who asks', async () => {
    const { open } = workshop();
    const counted = createCounted<Thing>();
    const fails = (): Promise<Thing> => Promise.reject(new Error('in use'));
    const both = await Promise.allSettled([counted.take('a', fails), counted.take('a', fails)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal((await counted.take('a', open)).value.number, 1);
  });
});

import assert from 'node:assert/strict';
import { createPasswords } from '../../../../lib/built-in-server/model/password.ts';
import { createTurns } from '../../../../lib/built-in-server/model/turns.ts';

describe('passwords', () => {
  it('are kept as scrypt with N=2^15, and found again', async () => {
    const passwords = createPasswords();
    const stored = await passwords.hash('correct horse');
    assert.equal(stored.cost, 2 ** 15);
    assert.equal(await passwords.verify('correct horse', stored, { key: 'a' }), true);
    assert.equal(await passwords.verify('correct horsf', stored, { key: 'a' }), false);
    assert.equal(await passwords.verify('correct horse', undefined, { key: 'a' }), false);
  });

  it('shorter than ten characters are refused with a reason', async () => {
    await assert.rejects(createPasswords().hash('short'), {
      code: 'weak_password',
      hint: { key: 'hint.weak_password', values: { least: 10 } },
    });
  });

  it('only so many of one sender wait at once; the rest hear that it is busy', async () => {
    const passwords = createPasswords();
    const attempts = Array.from({ length: 9 }, () => passwords.verify('whatever it is', undefined, { key: 'a' }));
    const settled = await Promise.allSettled(attempts);
    const busy = settled.filter((one) => one.status === 'rejected' && one.reason.code === 'busy');
    assert.equal(busy.length, 2);
    assert.equal(await passwords.verify('again', undefined, { key: 'a' }), false, 'and it goes on');
  });
});

describe('turns', () => {
  const limits = { atOnce: 1, waitingPerSender: 3, waiting: 5 };

  it('go from sender to sender, so that nobody waits for all that another sends', async () => {
    const inTurn = createTurns(limits);
    const served: string[] = [];
    const serve = (sender: string) => inTurn({ key: sender }, async () => void served.push(sender));
    await Promise.all(['a', 'a', 'a', 'a', 'b', 'c'].map(serve));
    assert.deepEqual(served, ['a', 'a', 'b', 'c', 'a', 'a']);
  });

  it('have room for a few of each sender, and for so many of all together', async () => {
    const inTurn = createTurns(limits);
    const work = (sender: string) => inTurn({ key: sender }, async () => sender);
    const settled = await Promise.allSettled(['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c'].map(work));
    const busy = settled.map((one) => (one.status === 'rejected' ? one.reason.code : one.value));
    assert.deepEqual(busy, ['a', 'a', 'a', 'a', 'busy', 'b', 'b', 'busy']);
  });

  it('come first for whoever is known, whom no number of strangers keeps out', async () => {
    const inTurn = createTurns(limits);
    const served: string[] = [];
    const serve = (key: string, known: boolean) => inTurn({ key, known }, async () => void served.push(key));
    const strangers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => serve(key, false));
    const owner = serve('browser', true);
    const settled = await Promise.allSettled(strangers);
    await owner;
    assert.equal(settled.filter(({ status }) => status === 'rejected').length, 2);
    assert.deepEqual(served, ['a', 'browser', 'b', 'c', 'd', 'e', 'f']);
  });

  it('go on after work that failed', async () => {
    const inTurn = createTurns(limits);
    const failing = inTurn({ key: 'a' }, async () => Promise.reject(new Error('no')));
    const waiting = inTurn({ key: 'a' }, async () => 'done');
    await assert.rejects(failing, /no/);
    assert.equal(await waiting, 'done');
  });
});

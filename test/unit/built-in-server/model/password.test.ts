import assert from 'node:assert/strict';
import { createPasswords } from '../../../../lib/built-in-server/model/password.ts';

describe('passwords', () => {
  it('are kept as scrypt with N=2^15, and found again', async () => {
    const passwords = createPasswords();
    const stored = await passwords.hash('correct horse');
    assert.equal(stored.cost, 2 ** 15);
    assert.equal(await passwords.verify('correct horse', stored), true);
    assert.equal(await passwords.verify('correct horsf', stored), false);
    assert.equal(await passwords.verify('correct horse', undefined), false);
  });

  it('shorter than ten characters are refused with a reason', async () => {
    await assert.rejects(createPasswords().hash('short'), {
      code: 'weak_password',
      hint: { key: 'hint.weak_password', values: { least: 10 } },
    });
  });

  it('only so many wait at once; the rest hear that it is busy', async () => {
    const passwords = createPasswords();
    const attempts = Array.from({ length: 24 }, () => passwords.verify('whatever it is', undefined));
    const settled = await Promise.allSettled(attempts);
    const busy = settled.filter((one) => one.status === 'rejected' && one.reason.code === 'busy');
    assert.equal(busy.length, 2);
    assert.equal(await passwords.verify('again', undefined), false, 'and it goes on');
  });
});

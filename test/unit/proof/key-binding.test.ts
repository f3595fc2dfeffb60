import assert from 'node:assert/strict';
import { boundKey, type KeyBinding } from '../../../lib/proof/index.ts';

const honest: KeyBinding = {
  facts: { device: 'thermostat', jkt: 'key' },
  registeredThumbprints: ['key', 'previous key'],
  proofThumbprint: 'key',
  serverBindsKeys: true,
};
const outcome = (changes: Partial<KeyBinding>): string => {
  const verdict = boundKey({ ...honest, ...changes });
  return verdict.ok ? verdict.device : `${verdict.reason}: ${verdict.detail}`;
};

describe('whose key?', () => {
  it('passes the device that the server names, by its registered key', () => {
    assert.equal(outcome({}), 'thermostat');
    assert.equal(outcome({ facts: { device: 'thermostat' } }), 'thermostat', 'a server that binds nothing');
    assert.equal(
      outcome({ facts: { device: 'thermostat' }, proofThumbprint: 'previous key' }),
      'thermostat',
      'overlap',
    );
    assert.equal(outcome({ serverBindsKeys: false }), 'thermostat');
  });

  it('nobody named: wrong_key, whatever the proof says', () => {
    for (const facts of [{}, { jkt: 'key' }, { device: '', jkt: 'key' }]) {
      assert.equal(outcome({ facts }), 'wrong_key: nobody_named');
      assert.equal(outcome({ facts, registeredThumbprints: undefined }), 'wrong_key: nobody_named');
    }
  });

  it('RFC 7800 3.1: a token bound to one key is not used with another, not even one of the same device', () => {
    assert.equal(outcome({ proofThumbprint: 'previous key' }), 'wrong_key: bound_to_another');
    assert.equal(outcome({ facts: { device: 'thermostat', jkt: '' } }), 'wrong_key: bound_to_another');
    assert.equal(
      outcome({ registeredThumbprints: undefined, proofThumbprint: 'burglar' }),
      'wrong_key: bound_to_another',
    );
  });

  it('a key that the device no longer has, or never had, is wrong even if the token is bound to it', () => {
    const facts = { device: 'thermostat', jkt: 'stolen' };
    assert.equal(outcome({ facts, proofThumbprint: 'stolen' }), 'wrong_key: not_registered');
    assert.equal(outcome({ registeredThumbprints: [] }), 'wrong_key: not_registered', 'retired');
    assert.equal(outcome({ facts: { device: 'thermostat' }, proofThumbprint: 'burglar' }), 'wrong_key: not_registered');
  });

  it('for a device that is not this gateway’s, cnf.jkt stands for the registered key, where the server vouches for it', () => {
    assert.equal(outcome({ registeredThumbprints: undefined }), 'thermostat');
    assert.equal(outcome({ registeredThumbprints: undefined, serverBindsKeys: false }), 'wrong_key: not_bound');
    assert.equal(
      outcome({ registeredThumbprints: undefined, facts: { device: 'thermostat' } }),
      'wrong_key: not_bound',
    );
  });

  it('has a hint for each', () => {
    const verdict = boundKey({ ...honest, facts: {} });
    assert.deepEqual(!verdict.ok && verdict.hint, { key: 'hint.wrong_key_nobody_named' });
  });
});

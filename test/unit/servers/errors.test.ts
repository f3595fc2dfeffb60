import assert from 'node:assert/strict';
import { codeOf, hintOf, OwnerNotConnected, ServerError } from '../../../lib/servers/errors.ts';
import { UnreachableError } from '../../../lib/uma/errors.ts';

describe('what goes wrong at a server', () => {
  it('has a stable code and a hint, and shows no cause to who prints it', () => {
    const error = new ServerError('refused', 'it refuses', { values: { server: 's' }, cause: new Error('a token') });
    assert.equal(error.code, 'refused');
    assert.deepEqual(error.hint, { key: 'hint.refused', values: { server: 's' } });
    assert.equal(JSON.stringify(error).includes('a token'), false);
    assert.equal(Object.keys(error).includes('cause'), false);
  });

  it('OwnerNotConnected carries the link, where there is one', () => {
    const link = { userCode: 'ABCD-EFGH', verificationUri: 'http://as.test/device', fingerprint: 'key-1' };
    const linked = new OwnerNotConnected(link);
    assert.equal(linked.code, 'OwnerNotConnected');
    assert.deepEqual(linked.link, link);
    assert.deepEqual(linked.hint, { key: 'hint.owner_not_connected', values: link });
    assert.equal(new OwnerNotConnected().hint.key, 'hint.owner_not_connected_yet');
  });

  it('every fault has a name and a hint, whoever threw it', () => {
    const unreachable = new UnreachableError('http://as.test', 'network');
    assert.equal(codeOf(unreachable), 'unreachable');
    assert.equal(hintOf(unreachable).key, 'hint.unreachable');
    assert.deepEqual(hintOf(new TypeError('secret')), { key: 'hint.unexpected', values: { code: 'TypeError' } });
    assert.equal(codeOf('thrown'), 'failed');
    assert.equal(codeOf(null), 'failed');
  });
});

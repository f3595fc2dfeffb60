import assert from 'node:assert/strict';
import { createProxies } from '../../../../lib/built-in-server/http/proxies.ts';

describe('reverse proxies in front of the server', () => {
  it('are known by address or network, IPv4 also where the socket takes both', () => {
    const { has } = createProxies(['127.0.0.1', '172.18.0.0/16', 'fd00::2']);
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '172.18.44.1', 'fd00::2', 'FD00:0::2'])
      assert.equal(has(address), true, address);
    for (const address of ['127.0.0.2', '172.19.0.1', 'fd00::3', '', 'unknown'])
      assert.equal(has(address), false, address);
    assert.equal(createProxies([]).has('127.0.0.1'), false);
  });

  it('are believed whom they have seen last, through as many as are known, and no further', () => {
    const { sender } = createProxies(['127.0.0.1', '10.0.0.2']);
    assert.equal(sender('127.0.0.1', '203.0.113.9'), '203.0.113.9');
    assert.equal(sender('::ffff:127.0.0.1', '6.6.6.6, 203.0.113.9'), '203.0.113.9');
    assert.equal(sender('127.0.0.1', '203.0.113.9, 10.0.0.2'), '203.0.113.9');
    assert.equal(sender('127.0.0.1', '2001:db8::7'), '2001:db8::7');
  });

  it('say nothing that counts where they are not known, or where it is no address', () => {
    const { sender } = createProxies(['127.0.0.1']);
    assert.equal(sender('203.0.113.9', '127.0.0.1'), '203.0.113.9');
    for (const odd of ['', 'unknown', '203.0.113.9:4711', '_hidden', '203.0.113.9, ,', ','.repeat(1000)])
      assert.equal(sender('127.0.0.1', odd), '127.0.0.1', odd);
  });

  it('that are no addresses keep the server from starting', () => {
    for (const odd of ['', 'proxy.home', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.1:80'])
      assert.throws(() => createProxies([odd]), { code: 'proxy_invalid' }, odd);
  });
});

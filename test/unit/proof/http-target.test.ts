import assert from 'node:assert/strict';
import { readHttpUri, readReceivedPath } from '../../../lib/proof/http-target.ts';

describe('readHttpUri', () => {
  it('RFC 3986 6.2.2.1, 6.2.3: scheme and host in lower case, no default port, no empty path', () => {
    assert.deepEqual(readHttpUri('HTTP://Home.Example:80'), { origin: 'http://home.example', path: '/' });
    assert.deepEqual(readHttpUri('https://[::1]:443/x'), { origin: 'https://[::1]', path: '/x' });
    assert.deepEqual(readHttpUri('https://h:80/'), { origin: 'https://h:80', path: '/' });
  });

  it('RFC 3986 6.2.2.2: unreserved characters bare, other escapes in upper case, and never decoded twice', () => {
    assert.equal(readHttpUri('http://h/%7Euser/%c3%BC/%2f/%41')?.path, '/~user/%C3%BC/%2F/A');
    assert.equal(readHttpUri('http://h/%2541')?.path, '/%2541');
    assert.equal(readHttpUri('http://h/%zz%4')?.path, '/%zz%4');
  });

  it('RFC 3986 6.2.2.3: dot segments are resolved, escaped ones too', () => {
    assert.equal(readHttpUri('http://h/a/../b/./c')?.path, '/b/c');
    assert.equal(readHttpUri('http://h/a/%2e%2E/b')?.path, '/b');
    assert.equal(readHttpUri('http://h/../../b')?.path, '/b');
  });

  it('drops query and fragment, whatever they hold', () => {
    assert.deepEqual(readHttpUri('http://h/a?b=/../c#ü'), { origin: 'http://h', path: '/a' });
  });

  it('keeps what makes a difference', () => {
    for (const path of ['/a/', '//a', '/a//b', '/A', '/a;v=1', '/a,b', '/a@b', '/a:b']) {
      assert.equal(readHttpUri(`http://h${path}`)?.path, path);
    }
  });

  it('refuses what is no absolute http URI without credentials', () => {
    const bad = [
      '',
      'h/a',
      '//h/a',
      'http:/h',
      'http:///h',
      'http:h',
      'ws://h',
      'http://u@h/',
      'http://:p@h/',
      'javascript:1',
    ];
    const lenient = [
      'http://h/a b',
      ' http://h/',
      'http://h/\t',
      'http://h\\@evil/',
      'http://h/ü',
      'http://[::1/',
      'http://h\0/',
    ];
    for (const uri of [...bad, ...lenient]) assert.equal(readHttpUri(uri), undefined, JSON.stringify(uri));
  });
});

describe('readReceivedPath', () => {
  it('is the path of the request target, query dropped, spelled as readHttpUri spells it', () => {
    assert.equal(readReceivedPath('/a/%7e?x=/../y'), '/a/~');
    assert.equal(readReceivedPath('/'), '/');
    assert.equal(readReceivedPath('//evil/a'), '//evil/a');
    assert.equal(readReceivedPath('/a"<>|'), new URL('http://h/a"<>|').pathname);
  });

  it('RFC 9112 3.2.2: takes the absolute form, and not its authority', () => {
    assert.equal(readReceivedPath('http://whoever:1/a?b'), '/a');
    assert.equal(readReceivedPath('HTTPS://h'), '/');
  });

  it('refuses dot segments in every spelling: routers match them as they stand', () => {
    for (const target of ['/a/../b', '/..', '/.', '/a/.', '/a/%2e%2e/b', '/a/.%2E/b', '/%2e/', 'http://h/a/../b']) {
      assert.equal(readReceivedPath(target), undefined, target);
    }
    assert.equal(readReceivedPath('/.well-known/a..b/...'), '/.well-known/a..b/...');
  });

  it('refuses what is no request target', () => {
    for (const target of ['', '*', 'a/b', 'h:80', '/a\\..\\b', '/a b', '/ü', '/a#b', '/a\n']) {
      assert.equal(readReceivedPath(target), undefined, JSON.stringify(target));
    }
  });
});

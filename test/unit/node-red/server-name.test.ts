import assert from 'node:assert/strict';
import { serverName } from '../../../lib/node-red/server-name.ts';

function namesOf(...settings: Record<string, string>[]): string[] {
  const servers = settings.map((setting, index) => ({ id: `n${index}`, ...setting }));
  return servers.map((server) => serverName(server, servers, 'built-in server'));
}

describe('the name of a server in lists', () => {
  it('is its own name, else its address, else that it is built in', () => {
    const at = { kind: 'built-in-at', url: 'http://127.0.0.1:1862', name: '' };
    assert.deepEqual(namesOf({ name: ' Home ' }, at, { kind: 'built-in' }), ['Home', at.url, 'built-in server']);
  });

  it('tells two homes of the same name apart by their connections', () => {
    const twins = namesOf(
      { name: 'Home', connection: 'home' },
      { name: 'Home', connection: 'parents' },
      { name: 'Shed' },
    );
    assert.deepEqual(twins, ['Home (home)', 'Home (parents)', 'Shed']);
    const unnamed = namesOf({ connection: 'one' }, { connection: 'two' });
    assert.deepEqual(unnamed, ['built-in server (one)', 'built-in server (two)']);
  });
});

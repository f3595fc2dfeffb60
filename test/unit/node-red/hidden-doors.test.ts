import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';
import { watchHiddenDoors } from '../../../lib/node-red/hidden-doors.ts';

describe('a deploy, about doors that the built-in server stands before', () => {
  const watched = () => {
    const events = new EventEmitter();
    let flows: string[] = [];
    const told: string[] = [];
    const nodes = {
      eachNode: (visit: (node: never) => void) => {
        for (const url of flows) visit({ type: 'http in', url } as never);
      },
    };
    const red = { events, nodes, settings: { httpNodeRoot: '/endpoint/' } } as unknown as NodeAPI;
    const end = watchHiddenDoors(red, 'https://home.example/endpoint/uma', (door) => told.push(door));
    const deploy = (...urls: string[]): string[] => {
      flows = urls;
      events.emit('flows:started');
      return told.splice(0);
    };
    return { deploy, end };
  };

  it('tells of each once, and again when it had gone and comes back', () => {
    const { deploy } = watched();
    assert.deepEqual(deploy('/lamp', '/uma/lamp'), ['/uma/lamp']);
    assert.deepEqual(deploy('/uma/lamp', '/uma/oven'), ['/uma/oven']);
    assert.deepEqual(deploy('/lamp'), []);
    assert.deepEqual(deploy('/uma/lamp'), ['/uma/lamp']);
  });

  it('tells nothing once the server’s node has closed', () => {
    const { deploy, end } = watched();
    end();
    assert.deepEqual(deploy('/uma/lamp'), []);
  });
});

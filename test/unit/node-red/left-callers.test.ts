import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mock } from 'node:test';
import type { Node, NodeAPI } from 'node-red';
import type { Message } from '../../../lib/node-red/host.ts';
import { keepCallers } from '../../../lib/node-red/left-callers.ts';

/** A caller of core's `http in`. */
class FakeResponse extends EventEmitter {
  headersSent = false;
  destroyed = false;
  code = 0;
  status(code: number): this {
    this.code = code;
    return this;
  }
  set(): this {
    return this;
  }
  json(): void {
    this.headersSent = true;
    this.emit('close');
  }
}

type Hook = (event: object) => unknown;

function aRuntime() {
  const there = new Map<string, Node>();
  const hooks = new Map<string, Hook>();
  const events = new EventEmitter();
  const red = {
    events,
    hooks: { add: (name: string, hook: Hook) => hooks.set(name, hook), remove: (name: string) => hooks.delete(name) },
    nodes: { getNode: (id: string) => there.get(id) ?? null },
    util: { generateId: () => String(hooks.size) },
  };
  const add = (id: string, ...wires: string[][]): Node => {
    const node = { id, wires } as unknown as Node;
    there.set(id, node);
    return node;
  };
  /** Core's router: what no hook halts and has no destination vanishes. */
  const route = (source: Node, destination: string, msg: Message): 'halted' | 'routed' => {
    const event = { msg, source: { id: source.id, node: source }, destination: { id: destination } };
    return [...hooks.values()].some((hook) => hook(event) === false) ? 'halted' : 'routed';
  };
  return { red: red as unknown as NodeAPI, events, hooks, there, add, route };
}

const aMessage = (): { msg: Message; response: FakeResponse } => {
  const response = new FakeResponse();
  return { msg: { _msgid: '1', res: { _res: response } } as unknown as Message, response };
};

describe('callers that a deploy would leave', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  function aFlow() {
    const runtime = aRuntime();
    const callers = keepCallers(runtime.red);
    const door = runtime.add('door', ['check']);
    const check = runtime.add('check', ['runs'], ['refused']);
    const runs = runtime.add('runs', ['answer']);
    runtime.add('refused');
    runtime.add('answer');
    callers.guard(check);
    return { ...runtime, callers, door, check, runs };
  }

  it('are told to come back while the node they are sent to is not there', () => {
    const { events, there, route, door } = aFlow();
    events.emit('flows:stopping', { type: 'nodes' });
    there.delete('check');
    const { msg, response } = aMessage();
    assert.equal(route(door, 'check', msg), 'halted');
    assert.equal(response.code, 503);
  });

  it('are told so when a node of before the deploy sends late', () => {
    const { events, add, route, door } = aFlow();
    events.emit('flows:stopping', { type: 'full' });
    add('door', ['check']);
    add('check', ['runs'], ['refused']);
    const { msg, response } = aMessage();
    assert.equal(route(door, 'check', msg), 'halted');
    assert.equal(response.code, 503);
  });

  it('are told so when they have passed, however far, and what comes next is not there', () => {
    const { callers, events, there, route, check, runs } = aFlow();
    const { msg, response } = aMessage();
    callers.came(check, msg);
    events.emit('flows:stopping', { type: 'nodes' });
    there.delete('answer');
    assert.equal(route(check, 'runs', msg), 'routed');
    assert.equal(route(runs, 'answer', msg), 'halted');
    assert.equal(response.code, 503);
  });

  it('are told so when what they have passed to was replaced, and nobody has answered after a second', () => {
    const { callers, events, add, check } = aFlow();
    const { msg, response } = aMessage();
    callers.came(check, msg);
    events.emit('flows:stopping', { type: 'full' });
    add('runs', ['answer']);
    mock.timers.tick(999);
    assert.equal(response.headersSent, false);
    mock.timers.tick(1);
    assert.equal(response.code, 503);
  });

  it('are told so in a deploy that comes a while after another', () => {
    const { events, there, route, door } = aFlow();
    events.emit('flows:stopping', { type: 'nodes' });
    mock.timers.tick(4_990);
    events.emit('flows:stopping', { type: 'nodes' });
    there.delete('check');
    mock.timers.tick(20);
    const { msg, response } = aMessage();
    assert.equal(route(door, 'check', msg), 'halted');
    assert.equal(response.code, 503);
  });

  it('are left to what still runs, and to other flows', () => {
    const { callers, events, there, route, door, check, add } = aFlow();
    const { msg, response } = aMessage();
    callers.came(check, msg);
    const other = add('other', ['gone']);
    events.emit('flows:stopping', { type: 'nodes' });
    there.delete('gone');
    const stranger = aMessage();
    assert.equal(route(other, 'gone', stranger.msg), 'routed');
    assert.equal(route(door, 'check', msg), 'routed');
    mock.timers.tick(10_000);
    assert.deepEqual([response.headersSent, stranger.response.headersSent], [false, false]);
  });

  it('are not answered twice', () => {
    const { callers, events, add, check } = aFlow();
    const { msg, response } = aMessage();
    callers.came(check, msg);
    events.emit('flows:stopping', { type: 'full' });
    add('runs', ['answer']);
    response.status(200).json();
    mock.timers.tick(1_000);
    assert.equal(response.code, 200);
  });

  it('cost nothing between deploys: no hook is left, and one listener however many nodes', () => {
    const { callers, events, hooks, add } = aFlow();
    callers.guard(add('check-2'));
    assert.equal(events.listenerCount('flows:stopping'), 1);
    events.emit('flows:stopping', { type: 'nodes' });
    assert.deepEqual([hooks.size, events.listenerCount('flows:stopping')], [1, 1]);
    mock.timers.tick(5_000);
    assert.equal(hooks.size, 0);
  });
});

/**
 * Looks into a running Node-RED for what a deploy could leave behind: listeners, timers, sockets, open files, memory, and
 * how often the built-in server of the same process was asked for a ticket. Installed as a node of the userDir.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Leftovers {
  /** By kind, as `process.getActiveResourcesInfo` names them. */
  resources: Record<string, number>;
  listeners: number;
  heapMb: number;
  rssMb: number;
  /** Requests for permission tickets (F 4.1) since the start. */
  tickets: number;
  /** CPU time of the process, in milliseconds. */
  cpuMs: number;
}

const program = `
const { Server } = require('node:http');
const v8 = require('node:v8');
const vm = require('node:vm');
v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
let tickets = 0;
const { emit } = Server.prototype;
Server.prototype.emit = function (event, ...rest) {
  if (event === 'request' && rest[0].url === '/permission') tickets += 1;
  return emit.call(this, event, ...rest);
};
const listenersOf = (emitter) => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
module.exports = (RED) => {
  RED.httpAdmin.get('/leak-probe', (request, response) => {
    collect();
    const resources = {};
    for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
    const { heapUsed, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    response.set('connection', 'close').json({
      resources,
      listeners: listenersOf(process) + listenersOf(RED.events),
      heapMb: heapUsed / 2 ** 20,
      rssMb: rss / 2 ** 20,
      tickets,
      cpuMs: (user + system) / 1000,
    });
  });
};
`;

export function installLeakProbe(userDir: string): void {
  const dir = join(userDir, 'nodes');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'leak-probe.js'), program);
  writeFileSync(join(dir, 'leak-probe.html'), '');
}

export async function leftovers(url: string): Promise<Leftovers> {
  return (await (await fetch(`${url}/leak-probe`)).json()) as Leftovers;
}

/** Files, sockets and pipes that a process has open; undefined where the system does not tell. */
export function openFiles(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

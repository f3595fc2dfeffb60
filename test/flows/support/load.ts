/** Devices that call without a pause, several at once over kept connections, and every call written down. */
import { Agent } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { FlowHome } from './flow-home.ts';
import { type Answer, type OutsideDevice, outsideDevice } from './outside-device.ts';
import { nowNs } from './sent-log.ts';

export interface Call {
  share: string;
  startedNs: bigint;
  tookMs: number;
  /** 0: no answer came, as from a port where nobody listens. */
  status: number;
  error: string | undefined;
}

export interface Caller {
  device: OutsideDevice;
  calls: Call[];
  /** Calls with this from now on. */
  use(permission: { share: string; rpt: string }): void;
  /** Resolves when so many calls that fit have been answered. */
  called(times: number, fits: (call: Call) => boolean): Promise<void>;
}

export interface Load {
  callers: Caller[];
  stop(): Promise<void>;
}

/** Nobody waits longer for an answer: a call that takes so long counts as hung (`ABORT_ERR`). */
export const patienceMs = 5_000;

/**
 * Each device comes from an address of its own, or one that is refused over and over would use up the tickets of all.
 * Only on Linux is all of 127.0.0.0/8 this computer.
 */
export const addressOf = (number: number): string => `127.0.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`;

/** One call, written down; a connection that is refused is an answer too. */
async function noted(share: string, call: () => Promise<Answer>): Promise<Call> {
  const startedNs = nowNs();
  const answer = await call().catch(
    (fault: NodeJS.ErrnoException): Answer => ({ status: 0, headers: {}, body: { error: fault.code } }),
  );
  const { status, body } = answer;
  return { share, startedNs, tookMs: Number(nowNs() - startedNs) / 1e6, status, error: body?.error };
}

/** Calls one after the other until it is stopped, or its home is removed. */
export function keepCalling(home: FlowHome, call: () => Promise<Answer>): { stop(): Promise<Call[]> } {
  const calls: Call[] = [];
  let stopped = false;
  const running = (async () => {
    for (; !stopped && !home.isRemoved(); await setTimeout(5)) calls.push(await noted('', call));
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
      return calls;
    },
  };
}

interface Loop {
  device: OutsideDevice;
  agent: Agent;
  calls: Call[];
  permission?: { share: string; rpt: string };
  looks: Set<() => void>;
  stopped: boolean;
}

async function callOn(home: FlowHome, loop: Loop, from: string): Promise<void> {
  const { device, agent, calls, looks } = loop;
  for (; !loop.stopped && !home.isRemoved(); await setImmediate()) {
    if (!loop.permission) continue;
    const { share, rpt } = loop.permission;
    calls.push(await noted(share, () => device.call(rpt, {}, { from, agent, withinMs: patienceMs })));
    for (const look of [...looks]) look();
  }
}

function caller(loop: Loop): Caller {
  return {
    device: loop.device,
    calls: loop.calls,
    use: (permission) => {
      loop.permission = permission;
    },
    called: (times, fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (loop.calls.filter(fits).length < times) return;
          loop.looks.delete(look);
          resolve();
        };
        loop.looks.add(look);
        look();
      }),
  };
}

/** Registers so many devices; they begin to call as soon as they are given something to call with. */
export async function startLoad(home: FlowHome, devices: number, callsAtOnce: number): Promise<Load> {
  const loops: Loop[] = [];
  const running: Promise<void>[] = [];
  for (let number = 0; number < devices; number += 1) {
    const agent = new Agent({ keepAlive: true, maxSockets: callsAtOnce });
    const device = await outsideDevice(home, `Caller ${number}`);
    const loop: Loop = { device, agent, calls: [], looks: new Set(), stopped: false };
    loops.push(loop);
    for (let call = 0; call < callsAtOnce; call += 1) running.push(callOn(home, loop, addressOf(number)));
  }
  return {
    callers: loops.map(caller),
    stop: async () => {
      for (const loop of loops) loop.stopped = true;
      await Promise.all(running);
      for (const { agent } of loops) agent.destroy();
    },
  };
}

/** examples/devices/thermostat.mjs, as its reader runs it: a program and its file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from './eventually.ts';

export const program = join(import.meta.dirname, '..', '..', '..', 'examples', 'devices', 'thermostat.mjs');

export interface ThermostatProgram {
  /** The first line that fits, said already or to come. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** All that it has said so far. */
  said: readonly string[];
  ended: Promise<unknown>;
  /** Ends it, and resolves when it has ended. */
  end(): Promise<void>;
}

export interface ThermostatParts {
  issuer: string;
  /** What it starts. */
  url: string;
  /** Where it keeps what it is. */
  file: string;
}

export function runThermostat({ issuer, url, file }: ThermostatParts): ThermostatProgram {
  const env = { ...process.env, UMA_SERVER: issuer, KEPT_IN: file };
  const child = spawn(process.execPath, [program, url], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => said.push(line));
  const ended = once(child, 'exit');
  return {
    said,
    ended,
    async says(pattern) {
      let found: RegExpExecArray | undefined;
      const fit = async () => {
        found = said.map((line) => pattern.exec(line)).find((match) => match !== null) ?? undefined;
        return found !== undefined;
      };
      await eventually(`it should say ${pattern}`, fit).catch((fault: Error) => {
        throw new Error(`${fault.message}, and said: ${said.join(' / ')}`);
      });
      return found ?? fail();
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}

function fail(): never {
  throw new Error('unreachable: it was found');
}

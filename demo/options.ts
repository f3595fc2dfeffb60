/** What the demo is started with: two options on the command line, the rest from the environment. */
import { parseArgs } from 'node:util';
import { portTrouble } from './free-port.ts';

export interface DemoOptions {
  /** Tell the story once more. */
  again: boolean;
  /** End a panic first. */
  resume: boolean;
  port: number;
  serverPort: number;
}

type PortVariable = 'PORT' | 'UMA_PORT';

function portFrom(env: NodeJS.ProcessEnv, variable: PortVariable, otherwise: number): number {
  const port = Number(env[variable] || otherwise);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${variable} must be a port number between 1 and 65535.`);
}

function readArguments(args: string[]): { again: boolean; resume: boolean } {
  try {
    const { values } = parseArgs({
      args,
      options: { again: { type: 'boolean', default: false }, resume: { type: 'boolean', default: false } },
    });
    return values;
  } catch {
    throw new Error('There are two options: --again tells the story once more, --resume ends a panic first.');
  }
}

/** Rejects with one sentence where something cannot be understood. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): DemoOptions {
  const port = portFrom(env, 'PORT', 1880);
  const serverPort = portFrom(env, 'UMA_PORT', 1862);
  if (port === serverPort)
    throw new Error(`PORT and UMA_PORT are both ${port}, but flows and owner's server need a port each.`);
  return { ...readArguments(args), port, serverPort };
}

async function requireFree(variable: PortVariable, port: number, other: number): Promise<void> {
  const trouble = await portTrouble(port);
  if (trouble === undefined) return;
  const next = port + 1 === other ? port + 2 : port + 1;
  throw new Error(
    `Port ${port} is ${trouble}. If the demo is running already, stop it there with Ctrl-C. Otherwise choose another with ${variable}, for example: ${variable}=${next} npm start`,
  );
}

export async function requirePorts({ port, serverPort }: DemoOptions): Promise<void> {
  await requireFree('PORT', port, serverPort);
  await requireFree('UMA_PORT', serverPort, port);
}

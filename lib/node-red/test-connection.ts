/** *Test connection*: walks through what a deploy of these settings would need, and says how to mend what is missing. */
import { createServer } from 'node:net';
import type { NodeAPI } from 'node-red';
import type { GatewaySettings } from '../gateway/gateway.ts';
import type { TestStep } from '../servers/authorization-server.ts';
import { hintOf } from './flow-error.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import { addressesOf, readServer, type ServerConfig } from './gateway-settings.ts';

type Server = GatewaySettings['server'];

const REACHED_WITHIN_MS = 5_000;
const LARGEST_METADATA = 100_000;

function passed(key: string, values?: Record<string, string | number>): TestStep {
  return { step: { key: `test.${key}`, ...(values && { values }) }, ok: true };
}

function failed(key: string, hint: string, values: Record<string, string | number> = {}): TestStep {
  return { step: { key: `test.${key}`, values }, ok: false, hint: { key: `hint.${hint}`, values } };
}

/** Why an address could not be reached, as the code of a hint. */
function unreachableHint(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  const code = cause?.code ?? '';
  if (code === 'ECONNREFUSED') return 'nothing_listens';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown_host';
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return 'bad_certificate';
  return 'no_answer';
}

/** Tries whether a port could be opened here; it is closed again at once. */
async function portStep({ port, reach }: Server & { kind: 'built-in' }): Promise<TestStep> {
  if (port === 0) return passed('port_free', { port });
  const probe = createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    probe.once('error', resolve);
    const host = reach === undefined ? { host: '127.0.0.1' } : {};
    probe.listen({ port, ...host }, () => probe.close(() => resolve(undefined)));
  });
  if (error) return failed('port_free', error.code === 'EACCES' ? 'port_forbidden' : 'port_in_use', { port });
  return passed('port_free', { port });
}

async function get(url: string): Promise<Response> {
  return fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(REACHED_WITHIN_MS) });
}

/** Reads a server's description, which names the server itself (UMA Grant 2; RFC 8414 3.3). */
async function* discoverySteps(url: string): AsyncIterable<TestStep> {
  let response: Response;
  try {
    response = await get(`${url}/.well-known/uma2-configuration`);
  } catch (error) {
    yield failed('reached', unreachableHint(error), { url });
    return;
  }
  yield passed('reached', { url });
  const text = (await response.text().catch(() => '')).slice(0, LARGEST_METADATA);
  const issuer = response.status === 200 ? issuerOf(text) : undefined;
  if (issuer === undefined) yield failed('describes_itself', 'no_uma_server', { url });
  else if (issuer.replace(/\/$/, '') !== url) yield failed('describes_itself', 'other_issuer', { url, issuer });
  else yield passed('describes_itself', { url });
}

function issuerOf(text: string): string | undefined {
  try {
    const { issuer } = JSON.parse(text) as { issuer?: unknown };
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}

/** Does anything answer where devices are told to find this Node-RED? */
async function addressStep(address: string): Promise<TestStep> {
  try {
    await get(address);
    return passed('address', { address });
  } catch (error) {
    return failed('address', `address_${unreachableHint(error)}`, { address });
  }
}

function isRunning(server: Server, running: GatewayConnection | undefined): boolean {
  return JSON.stringify(running?.settings.server) === JSON.stringify(server);
}

async function* serverSteps(server: Server, running: GatewayConnection | undefined): AsyncIterable<TestStep> {
  const gateway = isRunning(server, running) ? running?.gateway() : undefined;
  if (gateway) yield* gateway.test();
  else if (server.kind === 'built-in') yield await portStep(server);
  else yield* discoverySteps(server.url);
}

/**
 * The steps of a form's values, deployed or not. Nothing is registered and no token is used up.
 * @param running - what is deployed under this node: the same server is asked by its own gateway
 */
export async function* testConnection(
  RED: NodeAPI,
  config: ServerConfig,
  running: GatewayConnection | undefined,
): AsyncIterable<TestStep> {
  let server: Server;
  try {
    server = readServer(config);
  } catch (error) {
    yield { step: { key: 'test.settings' }, ok: false, hint: hintOf(error) };
    return;
  }
  try {
    yield* serverSteps(server, running);
  } catch (error) {
    yield { step: { key: 'test.server' }, ok: false, hint: hintOf(error) };
  }
  const listed = Array.isArray(config.addresses) ? config.addresses.filter((text) => typeof text === 'string') : [];
  for (const address of addressesOf(RED, listed)) yield await addressStep(address);
}

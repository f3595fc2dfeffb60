/** *Test connection*: walks through what a deploy of these settings would need, and says how to mend what is missing. */
import { createServer } from 'node:net';
import type { NodeAPI } from 'node-red';
import type { GatewaySettings } from '../gateway/gateway.ts';
import type { TestStep } from '../servers/authorization-server.ts';
import { hintOf } from './flow-error.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import { addressesOf, readServer, type ServerConfig } from './gateway-settings.ts';
import { checkOwnPort, ownPortReach } from './own-port.ts';

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
  const onlyHere = reach === undefined || ('issuer' in reach && !reach.fromContainer);
  const probe = createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    probe.once('error', resolve);
    const host = onlyHere ? { host: '127.0.0.1' } : {};
    probe.listen({ port, ...host }, () => probe.close(() => resolve(undefined)));
  });
  if (error) return failed('port_free', error.code === 'EACCES' ? 'port_forbidden' : 'port_in_use', { port });
  return passed('port_free', { port });
}

async function get(url: string): Promise<Response> {
  return fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(REACHED_WITHIN_MS) });
}

/** The certificate that a server shows, whoever speaks for it; `text` only where it is the one that is known. */
async function lookAt(url: string, known?: string): Promise<{ shown?: string; status?: number; text?: string }> {
  // Where nobody presses the button, the HTTP client need not be in memory.
  const { createTransport } = await import('../transport/transport.ts');
  let shown: string | undefined;
  const origin = new URL(url).origin;
  const within = REACHED_WITHIN_MS;
  const transport = createTransport({
    connections: 1,
    timeouts: { connectMs: within, headersMs: within, bodyMs: within, totalMs: within },
    maxResponseBytes: LARGEST_METADATA,
    ownWay: {
      origin,
      knows: ({ fingerprint }) => {
        shown = fingerprint;
        return fingerprint === known;
      },
    },
  });
  try {
    const response = await transport.fetch(url);
    return { ...(shown !== undefined && { shown }), status: response.status, text: await response.text() };
  } catch {
    return shown === undefined ? {} : { shown };
  } finally {
    await transport.close();
  }
}

/** Reads a server's description, which names the server itself (UMA Grant 2; RFC 8414 3.3). */
async function* discoverySteps({ url, certificate }: Server & { kind: 'built-in-at' }): AsyncIterable<TestStep> {
  const address = `${url}/.well-known/uma2-configuration`;
  let answer: { status?: number; text?: string };
  try {
    answer = certificate === undefined ? await read(await get(address)) : await readPinned(address, certificate);
  } catch (error) {
    const hint = unreachableHint(error);
    const { shown } = hint === 'bad_certificate' ? await lookAt(address) : {};
    const values = { url, ...(shown !== undefined && { fingerprint: shown }) };
    yield failed('reached', shown === undefined ? hint : 'unknown_certificate', values);
    return;
  }
  yield passed('reached', { url });
  const issuer = answer.status === 200 ? issuerOf(answer.text ?? '') : undefined;
  if (issuer === undefined) yield failed('describes_itself', 'no_uma_server', { url });
  else if (issuer.replace(/\/$/, '') !== url) yield failed('describes_itself', 'other_issuer', { url, issuer });
  else yield passed('describes_itself', { url });
}

async function read(response: Response): Promise<{ status: number; text: string }> {
  const text = (await response.text().catch(() => '')).slice(0, LARGEST_METADATA);
  return { status: response.status, text };
}

async function readPinned(address: string, certificate: string): Promise<{ status?: number; text?: string }> {
  const found = await lookAt(address, certificate);
  if (found.text !== undefined) return found;
  const code = found.shown === undefined ? 'ECONNREFUSED' : 'ERR_TLS_CERT_NOT_KNOWN';
  throw Object.assign(new Error('not reached'), { cause: { code } });
}

function issuerOf(text: string): string | undefined {
  try {
    const { issuer } = JSON.parse(text) as { issuer?: unknown };
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}

/** Does what stands in front of Node-RED's own port lead everybody to the server? */
async function publicStep(issuer: string): Promise<TestStep> {
  const values = { url: issuer };
  try {
    const { status, text } = await read(await get(`${issuer}/.well-known/uma2-configuration`));
    if (status === 200 && issuerOf(text) === issuer) return passed('public', values);
    return failed('public', status === 421 ? 'public_misdirected' : 'public_elsewhere', values);
  } catch (error) {
    return failed('public', unreachableHint(error), values);
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
  const through = ownPortReach(server);
  if (gateway) yield* gateway.test();
  else if (server.kind === 'built-in') yield await portStep(server);
  else yield* discoverySteps(server);
  // Before it runs there is nothing to find.
  if (gateway && through) yield await publicStep(through.issuer);
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
    checkOwnPort(RED, server);
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
  for (const address of addressesOf(RED, listed, server)) yield await addressStep(address);
}

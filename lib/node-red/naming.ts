/** How a node's settings name a device, a resource, a share or a request, and what that is for one message. */
import type { Gateway } from '../gateway/gateway.ts';
import { findDevice, findResource } from './config-nodes.ts';
import { FlowError } from './flow-error.ts';
import type { Host, Message } from './host.ts';
import { evaluateText, type TypedValue } from './typed-value.ts';

export type Thing = 'device' | 'resource' | 'share' | 'request' | 'token';

/** `config`: a config node of the flow. `list`: picked from the server's list. `value`: found for each message. */
export type Naming = { by: 'config'; id: string } | { by: 'list'; id: string } | { by: 'value'; input: TypedValue };

/**
 * Reads the three properties that a form stores for a thing: `device` (a config node), `deviceType`, `deviceValue`.
 * They are apart, because the editor follows a reference to a config node only in a property of its own.
 */
export function readNaming(config: object, thing: Thing, otherwise?: TypedValue): Naming {
  const text = (name: string): string => {
    const value = (config as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  };
  const type = text(`${thing}Type`) || (otherwise && text(`${thing}Value`) === '' ? otherwise.type : 'config');
  if (type === 'config') return { by: 'config', id: text(thing) };
  if (type === 'list' || type === 'str') return { by: 'list', id: text(`${thing}Value`).trim() };
  return { by: 'value', input: { type, value: text(`${thing}Value`) || (otherwise?.value ?? '') } };
}

/** The server that the config node of a device or resource belongs to. */
export function serverOf({ red }: Host, thing: 'device' | 'resource', naming: Naming): string | undefined {
  if (naming.by !== 'config') return undefined;
  return (thing === 'device' ? findDevice(red, naming.id) : findResource(red, naming.id))?.server;
}

/** With its scheme, or a JWT as it is (RFC 7519 3.1). */
const TOKEN = /^(DPoP|Bearer)\s|^eyJ[\w-]+\.[\w-]+\.[\w-]*$/i;

/**
 * The key of a config node, or the key or server id that the list or the message gives. A token is nobody's name: taken
 * for one, it would be told in errors and receipts, and kept.
 * @throws FlowError `no_device`, `no_resource`, `no_share`, `no_request`, `token_missing`, `bad_name`
 */
export async function nameOf(host: Host, msg: Message, thing: Thing, naming: Naming): Promise<string> {
  const name = await find(host, msg, thing, naming);
  // `no_token` is taken: it is why a message without one may not pass.
  if (!name || (thing !== 'token' && TOKEN.test(name)))
    throw new FlowError(thing === 'token' ? 'token_missing' : `no_${thing}`);
  if (thing !== 'token' && !isName(name)) throw new FlowError('bad_name');
  return name;
}

const LONGEST_NAME = 200;

/** No server and no store takes another: an order for it would be tried for ever. */
function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && Buffer.from(text).toString() === text;
}

async function find(host: Host, msg: Message, thing: Thing, naming: Naming): Promise<string | undefined> {
  if (naming.by === 'list') return naming.id;
  if (naming.by === 'value') return evaluateText(host, msg, naming.input);
  if (thing === 'device') return findDevice(host.red, naming.id)?.wish.key;
  if (thing === 'resource') return findResource(host.red, naming.id)?.wish.key;
  return undefined;
}

/**
 * The id by which the server knows a device: devices outside this Node-RED are named by it already.
 * @throws FlowError `device_not_registered` for one of our own that the server does not know yet
 */
export function deviceId(gateway: Gateway, naming: Naming, name: string): string {
  const id = gateway.deviceId(name) ?? (naming.by === 'config' ? undefined : name);
  if (id === undefined) throw new FlowError('device_not_registered', { device: deviceName(gateway, name) });
  return id;
}

/** @throws FlowError `resource_not_registered` */
export function resourceId(gateway: Gateway, naming: Naming, name: string): string {
  const id = gateway.resourceId(name) ?? (naming.by === 'config' ? undefined : name);
  if (id === undefined) throw new FlowError('resource_not_registered', { resource: resourceName(gateway, name) });
  return id;
}

/** What a person calls a device, by key or id. */
export function deviceName(gateway: Gateway, keyOrId: string): string {
  return gateway.deviceName(keyOrId) ?? keyOrId;
}

/** What a person calls a resource, by key or id; `elsewhere` for one that another gateway keeps. */
export function resourceName(gateway: Gateway, keyOrId: string, elsewhere = keyOrId): string {
  return gateway.resources().find(({ key, id }) => key === keyOrId || id === keyOrId)?.name ?? elsewhere;
}

import type { NodeDef } from 'node-red';
import type { CallWish } from '../gateway/gateway.ts';
import { scopesOf } from './check-settings.ts';
import { FlowError } from './flow-error.ts';
import type { Host, Message } from './host.ts';
import { type Naming, nameOf, readNaming, serverOf } from './naming.ts';
import { evaluateText, type TypedValue } from './typed-value.ts';

/** What the form of uma-request stores. */
export interface RequestConfig extends NodeDef {
  server?: string;
  resourceType?: string;
  /** For *ask the resource*: the only origin that the device may ask; `/` for this Node-RED. */
  origin?: string;
  scopes?: string;
  scopesType?: string;
  method?: string;
  methodType?: string;
  url?: string;
  urlType?: string;
  sendAs?: string;
  ret?: string;
  tls?: string;
  proxy?: string;
}

export interface RequestSettings {
  server: string | undefined;
  device: Naming;
  /** Undefined: the resource is asked, and its challenge answered. */
  resource: Naming | undefined;
  /** Of a resource that is asked; undefined where the form was left empty. */
  origin: string | undefined;
  scopes: TypedValue;
  method: TypedValue;
  url: TypedValue;
  sendAs: 'call' | 'headers';
  ret: 'txt' | 'bin' | 'obj';
}

/** This Node-RED, at whichever address it is reached. */
const HERE = '/';

function readOrigin(text = ''): string | undefined {
  const origin = text.trim();
  if (origin === HERE) return HERE;
  return URL.canParse(origin) ? new URL(origin).origin : undefined;
}

export function readRequestSettings(config: RequestConfig): RequestSettings {
  const asks = config.resourceType === 'ask';
  return {
    server: config.server,
    device: readNaming(config, 'device'),
    resource: asks ? undefined : readNaming(config, 'resource'),
    origin: asks ? readOrigin(config.origin) : undefined,
    scopes: { type: config.scopesType || 'scopes', value: config.scopes ?? '' },
    method: { type: config.methodType || 'msg', value: config.method || 'method' },
    url: { type: config.urlType || 'msg', value: config.url || 'url' },
    sendAs: config.sendAs === 'headers' ? 'headers' : 'call',
    ret: config.ret === 'bin' || config.ret === 'obj' ? config.ret : 'txt',
  };
}

export function requestServers(host: Host, settings: RequestSettings): (string | undefined)[] {
  const ofDevice = serverOf(host, 'device', settings.device);
  const ofResource = settings.resource && serverOf(host, 'resource', settings.resource);
  return ofDevice || ofResource ? [ofDevice, ofResource] : [settings.server];
}

/** Core's `http request` takes a URL without scheme as http; anything but http and https is a mistake. */
function readUrl(text: string | undefined, origin: string | undefined): string {
  if (text === undefined) throw new FlowError('no_url');
  if (text.startsWith('/') && !text.startsWith('//')) return origin && origin !== HERE ? origin + text : text;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new FlowError('bad_url', { url: text });
  // Core would make a second Authorization header of them.
  if (url.username !== '' || url.password !== '') throw new FlowError('url_with_password');
  if (origin && url.origin !== origin) throw new FlowError('wrong_origin', { origin, found: url.origin });
  return url.href;
}

function readMethod(text: string | undefined): string {
  const method = (text ?? 'GET').toUpperCase();
  // RFC 9110 5.6.2: a token. TRACE and CONNECT are no requests to a resource.
  if (!/^[A-Z][A-Z-]*$/.test(method) || method === 'TRACE' || method === 'CONNECT')
    throw new FlowError('bad_method', { method });
  return method;
}

/** What one message asks for. @throws FlowError where the flow leaves out or mixes up something */
export async function callWish(host: Host, msg: Message, settings: RequestSettings): Promise<CallWish> {
  const { resource, origin } = settings;
  const scopes = await scopesOf(host, msg, settings.scopes);
  if (resource && scopes.length === 0) throw new FlowError('no_scopes');
  // Without it a message would choose whom the device asks.
  if (!resource && origin === undefined) throw new FlowError('no_origin');
  return {
    device: await nameOf(host, msg, 'device', settings.device),
    ...(resource && { resource: await nameOf(host, msg, 'resource', resource) }),
    scopes,
    method: readMethod(await evaluateText(host, msg, settings.method)),
    url: readUrl(await evaluateText(host, msg, settings.url), origin),
  };
}

/**
 * Node-RED's own port as a place for the built-in server: below `/uma`, before anything of Node-RED reads what comes.
 * Its admin root lets every origin read and takes bodies apart on the way, and a password of `httpNodeAuth` would be asked
 * for in the very header that carries a token.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeAPI } from 'node-red';
import type { GatewaySettings, OtherPort } from '../gateway/gateway.ts';
import { FlowError } from './flow-error.ts';
import { createTargets } from './own-port-targets.ts';

type Handle = Parameters<OtherPort['mount']>[0];

/** Express, as far as it is needed; what it keeps its layers in has no type, and another name in Express 5. */
interface App {
  parent?: App;
  _router?: { stack: Layer[] };
  router?: { stack: Layer[] };
  use(layer: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): void;
  path(): string;
}

interface Layer {
  handle: { readonly name: string };
  route?: unknown;
}

interface RootSettings {
  httpNodeRoot?: string | false;
  httpNodeAuth?: unknown;
  httpAdminRoot?: string | false;
  httpAdminAuth?: unknown;
}

/**
 * Whether the built-in server can be reached through Node-RED's own port.
 * @throws FlowError `own_port_off`, `own_port_password`
 */
export function refuseOwnPort(RED: NodeAPI): void {
  const { httpNodeRoot, httpNodeAuth, httpAdminRoot = '/', httpAdminAuth } = RED.settings as RootSettings;
  if (httpNodeRoot === false || typeof RED.httpNode !== 'function') throw new FlowError('own_port_off');
  const below = httpAdminRoot !== false && rootOf(httpNodeRoot).startsWith(rootOf(httpAdminRoot));
  if (httpNodeAuth || (httpAdminAuth && below)) throw new FlowError('own_port_password');
}

function rootOf(root = '/'): string {
  return `/${root}/`.replace(/\/{2,}/g, '/');
}

/** Checks a server's settings that only Node-RED's own settings can be asked about. @throws FlowError as `refuseOwnPort` */
export function checkOwnPort(RED: NodeAPI, server: GatewaySettings['server']): void {
  if (ownPortReach(server)) refuseOwnPort(RED);
}

export function ownPortReach(server: GatewaySettings['server']) {
  const reach = server.kind === 'built-in' ? server.reach : undefined;
  return reach && 'issuer' in reach ? reach : undefined;
}

/** @param issuer - under which everybody else knows what is below `/uma` here */
export function ownPort(RED: NodeAPI, issuer: string): OtherPort {
  return {
    mount(handle) {
      const nodes = RED.httpNode as unknown as App;
      const root = topOf(nodes);
      const targetOf = createTargets(nodes.path(), issuer);
      const layer = layerFor(targetOf, handle);
      root.use(layer);
      moveForward(stackOf(root), layer);
      const letUpgrades = refuseUpgrades(RED.server, (url) => targetOf(url) !== undefined);
      return () => {
        takeOut(stackOf(root), layer);
        letUpgrades();
      };
    },
  };
}

function layerFor(targetOf: ReturnType<typeof createTargets>, handle: Handle): Parameters<App['use']>[0] {
  return (request, response, next) => {
    const target = targetOf(request.url ?? '/');
    if (target === undefined) return next();
    request.url = target;
    handle(request, response);
  };
}

function topOf(app: App): App {
  return app.parent === undefined ? app : topOf(app.parent);
}

function stackOf(app: App): Layer[] {
  // Express 4 throws where `router` is only looked at.
  return (app._router ?? app.router)?.stack ?? [];
}

/** Behind what whoever runs Node-RED has put in front of all of it, and before Node-RED's own roots. */
function moveForward(stack: Layer[], handle: Layer['handle']): void {
  const [layer] = takeOut(stack, handle);
  const first = stack.findIndex(({ handle: { name }, route }) => name === 'mounted_app' || route !== undefined);
  if (layer) stack.splice(first < 0 ? stack.length : first, 0, layer);
}

function takeOut(stack: Layer[], handle: Layer['handle']): Layer[] {
  const index = stack.findIndex((layer) => layer.handle === handle);
  return index < 0 ? [] : stack.splice(index, 1);
}

/**
 * Nothing is upgraded at the server's addresses; without an answer the connection would stay open. Node hands upgrades
 * over only where somebody listens for them, as the editor does, and nobody may begin to because of us.
 * @returns ends it
 */
function refuseUpgrades(server: Server | undefined, isOurs: (url: string) => boolean): () => void {
  if (!server) return () => {};
  const refuse = ({ url = '' }: IncomingMessage, socket: Duplex): void => {
    if (!isOurs(url)) return;
    socket.on('error', () => socket.destroy());
    const close = () => socket.destroy();
    // Node minds this socket no more: whoever leaves their own side open would keep it for as long as they like.
    socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', close);
  };
  const begin = (event: string | symbol): void => {
    if (event !== 'upgrade') return;
    server.off('newListener', begin);
    server.on('upgrade', refuse);
  };
  if (server.listenerCount('upgrade') > 0) begin('upgrade');
  else server.on('newListener', begin);
  return () => {
    server.off('newListener', begin);
    server.off('upgrade', refuse);
  };
}

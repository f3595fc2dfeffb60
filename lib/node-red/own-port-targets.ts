/** Which request targets at Node-RED's own port are for the built-in server, and as what it gets them. */

/** Below Node-RED's root for flows, and at the end of its public address. */
export const OWN_PATH = '/uma';

/** Documents that RFC 8414 3.1 wants between the host and the issuer's path, UMA Grant 2's likewise. */
const documents = ['uma2-configuration', 'oauth-authorization-server', 'openid-configuration'];

/**
 * @param nodeRoot - Node-RED's root for flows, as it is at its own port
 * @param issuer - under which everybody else knows what is below `/uma` there; a proxy may have taken some of its path off
 * @returns the target as the issuer's address has it; undefined for what is not the server's. An absolute form (RFC 9112
 *   3.2.2) stays one: the server refuses it
 */
export function createTargets(nodeRoot: string, issuer: string): (url: string) => string | undefined {
  const above = new URL(issuer).pathname;
  const root = nodeRoot.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  const own = root + OWN_PATH;
  // Outside of its root nothing at that port is the flows' to give.
  const described = new Map(
    root === '' ? documents.map((name) => [`/.well-known/${name}${above}`, `${above}/.well-known/${name}`]) : [],
  );
  return (url) => {
    const [, authority = '', path = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(url) ?? [];
    const isBelow = path === own || path.startsWith(`${own}/`);
    const target = isBelow ? above + path.slice(own.length) : described.get(path);
    return target === undefined || authority !== '' ? target && url : target + rest;
  };
}

/** What a form stores of a node that waits at an address of this port: `http in`, `websocket-listener`. */
export interface Door {
  type: string;
  url?: unknown;
  path?: unknown;
  /** Disabled. */
  d?: unknown;
}

/**
 * Doors of flows that nobody finds, because the server answers there first. What is put together only when the flow
 * runs, from variables of its environment, is not looked at.
 *
 * @returns their addresses below the root for flows
 */
export function hiddenDoors(doors: readonly Door[], ...place: Parameters<typeof createTargets>): string[] {
  const [nodeRoot] = place;
  const targetOf = createTargets(...place);
  const addresses = doors.flatMap(({ type, url, path, d }) => {
    const address = type === 'http in' ? url : type === 'websocket-listener' ? path : undefined;
    return typeof address === 'string' && d !== true ? [`/${address.replace(/^\//, '')}`] : [];
  });
  const hidden = addresses.filter((address) => targetOf(nodeRoot.replace(/\/+$/, '') + address) !== undefined);
  return [...new Set(hidden)];
}

/** What a server is called in the editor's lists. */

/** A server node's settings, as far as they name it. */
export interface NamedServer {
  id: string;
  name?: unknown;
  kind?: unknown;
  url?: unknown;
  connection?: unknown;
}

function ownName({ name, kind, url }: NamedServer): string {
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  return kind === 'built-in-at' && typeof url === 'string' ? url.trim() : '';
}

/**
 * By its name, else its address, else `otherwise`; where two would be called the same, their connections tell them apart.
 *
 * @param all - the server nodes there are
 */
export function serverName(server: NamedServer, all: readonly NamedServer[], otherwise: string): string {
  const name = ownName(server);
  const isTwin = all.some((other) => other.id !== server.id && ownName(other) === name);
  return isTwin ? `${name || otherwise} (${String(server.connection ?? '')})` : name || otherwise;
}

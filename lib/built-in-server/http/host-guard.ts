import type { IncomingMessage } from 'node:http';

export type HostFinding = 'own' | 'alias' | 'foreign';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Judges the Host of a message before anything of it is parsed. Only the host and port of the server's address are ours; for an
 * address on this computer, its other names too (`alias`). Everything else is `foreign`, which ends DNS rebinding:
 * another name, two Host headers, an absolute-form or asterisk target.
 */
export function createHostGuard(address: string): (message: IncomingMessage) => HostFinding {
  const { host, hostname, port, protocol } = new URL(address);
  const explicitPort = port || (protocol === 'https:' ? '443' : '80');
  const own = new Set([host, `${hostname}:${explicitPort}`]);
  const aliases = new Set(hostNames(address).map((name) => `${name}:${explicitPort}`));
  return (message) => {
    const sent = message.headers.host?.toLowerCase() ?? '';
    if (!message.url?.startsWith('/') || occurrences(message, 'host') !== 1) return 'foreign';
    if (own.has(sent)) return 'own';
    return aliases.has(sent) ? 'alias' : 'foreign';
  };
}

/** The names that a server goes by: that of its address, and for one on this computer the others of loopback. */
export function hostNames(address: string): string[] {
  const { hostname } = new URL(address);
  return loopbackNames.includes(hostname) ? loopbackNames : [hostname];
}

/** How often a header was sent; Node itself keeps only one of some, and joins others. */
export function occurrences(message: IncomingMessage, header: string): number {
  return message.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === header).length;
}

/** Plain HTTP where TLS is spoken: whoever left the "s" out of an address is told so, and not only cut off. */
import type { Server, Socket } from 'node:net';
import { say } from '../../sharing/say.ts';
import { languageWished } from './accept-language.ts';

/** As much of what was sent as is looked at for a language. */
const mostLookedAt = 16 * 1024;

/**
 * Looks at the first byte of each connection before TLS does: a request begins with a letter (RFC 9112 3), and no record
 * of TLS does (RFC 8446 5.1). All such requests get one answer, whatever they ask for and whatever name they name. It is
 * no redirect: a program would follow it, and send its secrets in clear first each time.
 *
 * @param server - speaks TLS, and nobody but TLS listens to its connections yet
 * @param address - where to go instead
 * @param patienceMs - who says nothing for as long is cut off
 */
export function answerPlainly(server: Server, address: string, patienceMs: number): void {
  const beginTls = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const late = setTimeout(() => socket.destroy(), patienceMs);
    socket.once('close', () => clearTimeout(late));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const begun: Buffer | null = socket.read();
      if (!begun) return void socket.destroy();
      // What is still to come is dropped unread: closing on it would take the answer back.
      if (isLetter(begun[0])) return void socket.resume().end(answerTo(begun, address));
      clearTimeout(late);
      socket.unshift(begun);
      for (const begin of beginTls) Reflect.apply(begin, server, [socket]);
    });
  });
}

function isLetter(byte = 0): boolean {
  return /[A-Za-z]/.test(String.fromCharCode(byte));
}

/** RFC 9110 15.5.1 */
function answerTo(begun: Buffer, address: string): string {
  const [, wished] = /^accept-language:([^\r\n]+)/im.exec(begun.toString('latin1', 0, mostLookedAt)) ?? [];
  const language = languageWished(wished);
  const words = `${say({ key: 'hint.speaks_https', values: { address } }, language)}\n`;
  return [
    'HTTP/1.1 400 Bad Request',
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(words)}`,
    `Content-Language: ${language}`,
    'Vary: Accept-Language',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    '',
    words,
  ].join('\r\n');
}

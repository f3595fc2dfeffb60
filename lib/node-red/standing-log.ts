import type { Standing } from '../gateway/gateway.ts';
import type { Text } from '../sharing/text.ts';
import type { Words } from './words.ts';

/** What the log is told when a connection's standing changes. The set-up link is the only secret ever printed. */
function lineOf(standing: Standing, connection: string): Text | undefined {
  switch (standing.phase) {
    case 'no-owner':
      return standing.setUpLink
        ? { key: 'log.no_owner_link', values: { connection, link: standing.setUpLink } }
        : { key: 'log.no_owner', values: { connection } };
    case 'waiting-for-owner':
      return {
        key: 'log.waiting_for_owner',
        values: { connection, code: standing.userCode, link: standing.verificationUri },
      };
    case 'ready':
      return { key: 'log.ready', values: { connection } };
    case 'unreachable':
    case 'failed':
      return standing.error;
    default:
      return undefined;
  }
}

/** Logs each change once: a standing that is told again in the same words is not worth a line. */
export function standingLog(
  words: Words,
  connection: string,
  log: { info(line: string): void; warn(line: string): void },
): (standing: Standing) => void {
  let last = '';
  return (standing) => {
    const text = lineOf(standing, connection);
    const line = text ? words(text) : '';
    if (line === last) return;
    last = line;
    if (line !== '') (standing.phase === 'ready' ? log.info : log.warn)(line);
  };
}

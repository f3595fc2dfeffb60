import type { Standing } from '../gateway/gateway.ts';
import type { Text } from '../sharing/text.ts';
import type { Words } from './words.ts';

type Code = NonNullable<(Standing & { phase: 'ready' })['code']>;

/** Of whom it is told. */
interface Speaking {
  connection: string;
  /** RFC 7638, of the gateway's key: whoever lets it in by its code compares it. Empty before there is a gateway. */
  fingerprint(): string;
}

/** What the log is told when a connection's standing changes. The set-up link is the only secret ever printed. */
function lineOf(standing: Standing, { connection, fingerprint }: Speaking): Text | undefined {
  const letIn = (key: string, code: Code): Text => ({
    key,
    values: { connection, code: code.userCode, link: code.verificationUri, fingerprint: fingerprint() },
  });
  switch (standing.phase) {
    case 'no-owner':
      return standing.setUpLink
        ? { key: 'log.no_owner_link', values: { connection, link: standing.setUpLink } }
        : { key: 'log.no_owner', values: { connection } };
    case 'waiting-for-owner':
      return letIn('log.waiting_for_owner', standing);
    case 'ready':
      return standing.code ? letIn('log.may_not_share', standing.code) : { key: 'log.ready', values: { connection } };
    case 'stopped':
      return { key: 'log.stopped', values: { connection, link: standing.link } };
    case 'unreachable':
    case 'failed':
      return standing.error;
    default:
      return undefined;
  }
}

/** Where lines go. `print`: to the terminal alone. */
export interface StandingLog {
  info(line: string): void;
  warn(line: string): void;
  print(line: string): void;
}

/**
 * Node-RED's debug sidebar shows every warning to whoever looks at the editor, login or not, and log handlers may send
 * lines anywhere: what makes somebody the owner is printed on the terminal and nowhere else.
 */
function wayOf(standing: Standing): keyof StandingLog {
  if (standing.phase === 'no-owner' && standing.setUpLink) return 'print';
  return standing.phase === 'ready' && !standing.code ? 'info' : 'warn';
}

/** Tells each change once: a standing that is told again in the same words is not worth a line. */
export function standingLog(words: Words, speaking: Speaking, log: StandingLog): (standing: Standing) => void {
  let last = '';
  return (standing) => {
    const text = lineOf(standing, speaking);
    const line = text ? words(text) : '';
    if (line === last) return;
    last = line;
    if (line !== '') log[wayOf(standing)](line);
  };
}

/** "Not yet or no": what leaves on the second output of uma-request. */
import type { NotAllowed, Standing } from '../gateway/gateway.ts';
import type { Text } from '../sharing/text.ts';
import type { Ending, Host } from './host.ts';
import { phraseOf } from './status.ts';

/** A call in words that a person knows. */
export interface Named {
  device: string;
  resource: string;
  /** With spaces between; empty where the resource says what it wants. */
  scopes: string;
}

/** The words of an outcome, with names that a person knows. */
export function notAllowed(host: Host, outcome: NotAllowed, named: Named): Ending {
  const { hint, ...rest } = outcome;
  const toUse = outcome.outcome === 'denied' && named.scopes === '' ? '_to_use' : '';
  const sentence = host.words({ key: `node.${outcome.outcome}${toUse}`, values: { ...named } });
  return { output: 2, uma: { ...rest, hint: host.words(inNames(hint, named)), sentence }, phrase: outcome.outcome };
}

/** What the hint of one message calls by key is what that message names. */
function inNames({ key, values = {} }: Text, named: Named): Text {
  const known = Object.entries(named).filter(([name]) => name in values);
  return { key, values: { ...values, ...Object.fromEntries(known) } };
}

function waiting({ userCode, verificationUri }: Standing & { phase: 'waiting-for-owner' }): Text {
  return { key: 'hint.waiting_for_owner', values: { code: userCode, link: verificationUri } };
}

/**
 * A connection that is not set up answers for itself: nothing is asked of a server that has no owner yet.
 * @returns undefined where the gateway is to be asked
 */
export function notSetUp(host: Host, standing: Standing): Ending | undefined {
  const say = (outcome: NotAllowed['outcome'], hint: Text, extra: Partial<NotAllowed> = {}): Ending => ({
    output: 2,
    uma: {
      outcome,
      reason: 'not_set_up',
      ...extra,
      hint: host.words(hint),
      sentence: host.words({ key: outcome === 'unreachable' ? 'node.no_server' : 'node.not_set_up' }),
    },
    phrase: phraseOf(standing) ?? 'needs-info',
  });
  switch (standing.phase) {
    case 'no-owner':
      return say('needs-info', { key: standing.setUpLink ? 'hint.no_owner' : 'hint.no_owner_elsewhere' });
    case 'waiting-for-owner':
      return say('needs-info', waiting(standing), { redirectUser: standing.verificationUri });
    case 'failed':
      return say('unreachable', standing.error);
    case 'closed':
      return say('unreachable', { key: 'hint.stopped' });
    default:
      return undefined;
  }
}

/** revoke: not a moment longer. The local effect needs no server; later confirmations follow on output 2. */
import type { Gateway } from '../gateway/gateway.ts';
import type { Receipt } from '../revocation/receipt.ts';
import { connectionOf } from './config-nodes.ts';
import { FlowError, hintOf } from './flow-error.ts';
import { type Arrival, type Ending, type Host, type Message, setUma } from './host.ts';
import { type RevokeSettings, revokeServer, targetOf } from './revoke-settings.ts';
import type { Phrase } from './status.ts';
import type { Words } from './words.ts';

const OPENS_WITHIN_MS = 10_000;

/** Everything that is stopped is not ended: its owner gets it back with the panic's end. */
function isPanic({ target }: Receipt): boolean {
  return 'everything' in target;
}

/** Said, so that nobody looks for what was ended now, or takes a mistyped name for one that was. */
function manner({ target, revoked, unconfirmed }: Receipt): '' | '_unconfirmed' | '_nothing' | '_no_share' {
  if (unconfirmed.length > 0) return '_unconfirmed';
  if (revoked.length > 0 || 'token' in target || 'everything' in target) return '';
  return 'share' in target ? '_nothing' : '_no_share';
}

function phraseOf(receipt: Receipt): Phrase {
  const confirmed = receipt.unconfirmed.length === 0;
  if (isPanic(receipt)) return confirmed ? 'panic' : 'panic-unconfirmed';
  return confirmed ? 'revoked' : 'unconfirmed';
}

/** What a receipt says, in words. */
export function receiptSentence(words: Words, gateway: Gateway, receipt: Receipt): string {
  const key = `${isPanic(receipt) ? 'node.stopped' : 'node.revoked'}${manner(receipt)}`;
  const values = {
    server: gateway.pages,
    shares: receipt.revoked.length,
    localMs: Math.round(receipt.effective.localMs * 10) / 10,
  };
  return words({ key, values });
}

function umaOf({ words }: Host, gateway: Gateway, receipt: Receipt): object {
  return { receipt: receipt.id, sentence: receiptSentence(words, gateway, receipt) };
}

/** What was still open when the receipt left, confirmed: a message of its own, under the receipt's id. */
async function confirmLater(
  host: Host,
  gateway: Gateway,
  { msg: copy, send }: Pick<Arrival, 'msg' | 'send'>,
  later: Promise<Receipt | undefined>,
): Promise<void> {
  const receipt = await later.catch(() => undefined);
  if (!receipt || host.closed.aborted) return;
  copy.payload = receipt;
  setUma(copy, umaOf(host, gateway, receipt));
  host.light.show(phraseOf(receipt));
  send([null, copy]);
}

/** What is revoked is revoked: a message that cannot be cloned must not cost its sender the receipt. */
function copyOf({ red }: Host, msg: Message): Message {
  try {
    return red.util.cloneMessage(msg);
  } catch {
    return { _msgid: msg._msgid };
  }
}

/** One message of revoke. Rejects where the denial could not be made durable, though it holds in memory. */
export async function revoke(host: Host, { msg, send }: Arrival, settings: RevokeSettings): Promise<Ending> {
  const { target } = settings;
  if (!target) throw new FlowError('unknown_action');
  const gateway = await connectionOf(host.red, [revokeServer(host, settings)]).opened(OPENS_WITHIN_MS);
  const { receipt, later } = await gateway.revoke(await targetOf(host, msg, { ...settings, target }, gateway), {
    confirmWithinMs: settings.confirmWithinMs,
    why: target === 'everything' ? 'panic' : 'revoked',
  });
  // A message of its own for output 2, made before this one goes on.
  const copy = copyOf(host, msg);
  void confirmLater(host, gateway, { msg: copy, send }, later).catch((error: unknown) =>
    host.node.error(host.words(hintOf(error))),
  );
  msg.payload = receipt;
  return { output: 1, uma: umaOf(host, gateway, receipt), phrase: phraseOf(receipt) };
}

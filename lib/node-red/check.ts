/** rpt-check: one message, one verdict, within three seconds, whatever the server does. */
import type { Decision } from '../decision/decision.ts';
import type { CheckWish, Gateway, Refusal } from '../gateway/gateway.ts';
import type { Text } from '../sharing/text.ts';
import type { RptFacts } from '../uma/rpt.ts';
import { type CheckSettings, checkWish, resourceServer } from './check-settings.ts';
import { passedSentence, passedUma, refusedUma, toldRefused } from './check-words.ts';
import { connectionOf, findServer } from './config-nodes.ts';
import { hintOf } from './flow-error.ts';
import { type Arrival, type Ending, type Host, type Message, setUma } from './host.ts';
import { localRefusal } from './local-refusal.ts';
import { type Found, readPresented, takeOffToken } from './presented.ts';
import type { Phrase } from './status.ts';

/** The whole answer is to be there within 3 s; this leaves the way back its time. */
const ANSWER_WITHIN_MS = 2_800;

type Refused = Decision & { allowed: false };

/** What came of one message: passed (and sent, unless it could not be), or a refusal to send. */
type Verdict =
  | { passed: true; fault?: { error: unknown } }
  | { passed: false; refusal: Refusal; uma: { device?: string; requestingParty?: string }; reason: Refused['reason'] };

function openGateway(host: Host, settings: CheckSettings): Gateway | undefined {
  return connectionOf(host.red, [resourceServer(host, settings)]).gateway();
}

/** A refusal that needs no gateway. `hint` is for the flow's author; the sender gets the fixed words. */
function refuseHere(host: Host, reason: Refused['reason'], hint?: string, startedMs = performance.now()): Verdict {
  const refusal = localRefusal(host.words, reason);
  const words = hint ?? host.words({ key: `hint.${reason}` });
  return { passed: false, reason, refusal, uma: refusedUma(host, { reason, hint: words, startedMs }) };
}

interface Stage {
  host: Host;
  arrival: Arrival;
  settings: CheckSettings;
  startedMs: number;
  /** False once the message was answered: what comes later must not let it pass. */
  waiting(): boolean;
  found?: Found;
  wish?: CheckWish;
  /** What passed. */
  sentence?: Text;
  /** What to show of that. */
  phrase?(): Phrase;
}

/** What carried the token goes no further, whether it was good or not: it may still be worth stealing. */
function dropToken({ arrival, settings, found }: Stage): void {
  if (found && !settings.leaveToken) takeOffToken(arrival.msg, found.lay);
}

/** Sends on output 1, inside the decision's last synchronous step. */
function letPass(stage: Stage, gateway: Gateway, wish: CheckWish) {
  return (facts: RptFacts): void => {
    const { host, arrival, startedMs } = stage;
    const { msg, send } = arrival;
    dropToken(stage);
    stage.sentence = passedSentence(gateway, wish, facts);
    const uma = passedUma(host, gateway, wish, facts, startedMs);
    setUma(msg, uma);
    const { device, share } = uma;
    stage.phrase = host.passes.note({ device, share, resource: gateway.resourceId(wish.resource) });
    send([msg, null]);
  };
}

async function ask(stage: Stage, gateway: Gateway, wish: CheckWish, { presented }: Found): Promise<Verdict> {
  const { host, startedMs } = stage;
  const pass = letPass(stage, gateway, wish);
  let passed: (Verdict & { passed: true }) | undefined;
  const decision = await gateway.check(presented, { ...wish, waiting: stage.waiting }, (facts) => {
    if (passed || !stage.waiting()) return;
    passed = { passed: true };
    try {
      pass(facts);
    } catch (error) {
      passed.fault = { error };
      throw error;
    }
  });
  if (passed) return passed;
  if (decision.allowed) return refuseHere(host, 'server_unreachable', undefined, startedMs);
  const refusal = await gateway.refuse(decision, wish, presented.source);
  const hint = host.words(decision.hint);
  const { evidence, reason } = decision;
  return { passed: false, reason, refusal, uma: refusedUma(host, { reason, hint, startedMs, evidence, gateway }) };
}

async function verdict(stage: Stage): Promise<Verdict> {
  const { host, arrival, settings, startedMs } = stage;
  const found = await readPresented(host, arrival.msg, settings.carried);
  if (!found) return refuseHere(host, 'malformed_request', host.words({ key: 'hint.not_from_http' }), startedMs);
  stage.found = found;
  const gateway = openGateway(host, settings);
  if (!gateway) return refuseHere(host, 'not_set_up', undefined, startedMs);
  stage.wish = await checkWish(host, arrival.msg, settings);
  return ask(stage, gateway, stage.wish, found);
}

/** A mistake of the flow's author is no reason to let a sender wait: it is refused, and the author is told. */
function refuseMistake(host: Host, error: unknown): Verdict {
  const hint = host.words(hintOf(error));
  if (!host.closed.aborted) host.node.warn(hint);
  return refuseHere(host, 'not_set_up', hint);
}

function afterMs(ms: number): { late: Promise<'late'>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { late, cancel: () => clearTimeout(timer) };
}

function refuse(msg: Message, { refusal, uma, reason }: Verdict & { passed: false }): Ending {
  Object.assign(msg, { statusCode: refusal.statusCode, headers: { ...refusal.headers }, payload: refusal.payload });
  return { output: 2, uma, phrase: `denied-${reason}` };
}

/** For those who look on in the editor. */
function tell({ host, settings, wish, sentence = { key: 'node.passed' } }: Stage, ending: Verdict): void {
  // No verdict yet: the device is to come again, with a fresh proof.
  if (!ending.passed && ending.reason === 'use_dpop_nonce') return;
  const server = findServer(host.red, resourceServer(host, settings));
  if (!server) return;
  const gateway = server.uma.gateway();
  const decided = ending.passed
    ? { allowed: true, sentence }
    : toldRefused({ wish, gateway, reason: ending.reason, ...ending.uma });
  server.decisions.add(decided);
}

/** Decides one message. What goes wrong is a refusal on output 2. @throws what kept an allowed message from leaving */
export async function check(host: Host, arrival: Arrival, settings: CheckSettings): Promise<Ending> {
  let answered = false;
  const startedMs = performance.now();
  const stage: Stage = {
    host,
    arrival,
    settings,
    startedMs,
    waiting: () => !answered && !host.closed.aborted,
  };
  const limit = afterMs(ANSWER_WITHIN_MS);
  const decided = verdict(stage).catch((error: unknown) => refuseMistake(host, error));
  const first = await Promise.race([decided, limit.late]);
  answered = true;
  limit.cancel();
  const ending = first === 'late' ? refuseHere(host, 'server_unreachable', undefined, startedMs) : first;
  tell(stage, ending);
  // It was allowed, and may have left on one wire of several: it is not refused, and whoever waits hears of the fault.
  if (ending.passed && ending.fault) throw ending.fault.error;
  if (ending.passed) return { sent: true, phrase: stage.phrase?.() ?? 'allowed' };
  dropToken(stage);
  return refuse(arrival.msg, ending);
}

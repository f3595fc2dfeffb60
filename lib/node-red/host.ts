/** What a node of ours stands on for as long as it lives, and how its messages end. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { codeOf, FlowError, hintOf, NodeError } from './flow-error.ts';
import { createPasses, type Passes } from './passes.ts';
import { type Phrase, phraseOfError, type StatusLight, statusLight } from './status.ts';
import { answerWaitingCaller } from './waiting-caller.ts';
import { type Words, wordsOf } from './words.ts';

export type Message = NodeMessageInFlow;

export interface Host {
  red: NodeAPI;
  node: Node;
  /** In the language of its server, once `followServer` has found that. */
  words: Words;
  light: StatusLight;
  passes: Passes;
  /** Aborted when a deploy or a stop closes the node. */
  closed: AbortSignal;
  /** Ends the messages that are still inside when the node closes. */
  inside: Set<() => void>;
}

/** What Node-RED hands to an input listener. */
export interface Arrival {
  msg: Message;
  send(messages: (object | null)[]): void;
  done(error?: Error): void;
}

/**
 * How a message leaves. `sent`: it has left already, inside the decision's last synchronous step. `about`: the device whose
 * state the phrase tells.
 */
export type Ending =
  | { output: 1 | 2; uma?: object; phrase: Phrase; about?: string }
  | { sent: true; phrase: Phrase; about?: undefined };

/** Call once in a node's constructor, after `RED.nodes.createNode`. */
export function createHost(RED: NodeAPI, node: Node): Host {
  const closing = new AbortController();
  const inside = new Set<() => void>();
  node.on('close', () => {
    closing.abort();
    for (const stop of [...inside]) stop();
  });
  // Messages that were sent to this node before it closed arrive first, and are stopped by `settle`.
  node.on('close', (done: () => void) => void setImmediate(done));
  const light = statusLight(node);
  return { red: RED, node, words: wordsOf(RED), light, passes: createPasses(light), closed: closing.signal, inside };
}

/** Puts our output on a message; what an earlier node left there is replaced. */
export function setUma(msg: Message, uma: object): void {
  msg.uma = uma;
}

function fail(host: Host, { msg, done }: Arrival, error: unknown): void {
  const sentence = host.words(hintOf(error));
  try {
    // Before done: core's Catch copies nothing else of the error, but it passes the message on.
    setUma(msg, { hint: sentence });
  } catch {
    // A message that takes nothing: the error itself still says what happened.
  }
  if (!host.closed.aborted) host.light.show(phraseOfError(error));
  done(new NodeError(codeOf(error), sentence, error));
}

/** Core clones a message for each Catch and each wire, and throws where that cannot be done; nobody above us would hear it. */
function survive(host: Host, act: () => void): void {
  try {
    act();
  } catch (error) {
    host.node.error(host.words(hintOf(error)));
  }
}

/**
 * Lets each message end exactly one way: an answer leaves on an output and calls `done()`; a mistake in the flow or a
 * fault of ours calls `done(err)` and sends nothing; what is still inside when the node closes is stopped: a caller that
 * waits for an HTTP answer gets one, and anything else is a mistake that a Catch may hear of. Never rejects.
 */
export async function settle(host: Host, arrival: Arrival, work: () => Promise<Ending>): Promise<void> {
  const { msg, send, done } = arrival;
  let open = true;
  const end = (act: () => void): void => {
    if (!open) return;
    open = false;
    host.inside.delete(stop);
    survive(host, act);
  };
  const stop = (): void =>
    end(() => {
      // A Catch that is still there must not answer the same caller again.
      if (answerWaitingCaller(msg)) done();
      else fail(host, arrival, new FlowError('stopped'));
    });
  // Sent before the node was closed, and arrived after.
  if (host.closed.aborted) return stop();
  host.inside.add(stop);
  try {
    const ending = await work();
    end(() => {
      const fault = leave(host, msg, send, ending);
      if (fault) fail(host, arrival, fault.error);
      else done();
    });
  } catch (error) {
    end(() => fail(host, arrival, error));
  }
}

/** @returns what kept the message from leaving: then it has ended nowhere yet */
function leave(host: Host, msg: Message, send: Arrival['send'], ending: Ending): { error: unknown } | undefined {
  try {
    if ('output' in ending) {
      if (ending.uma) setUma(msg, ending.uma);
      send(ending.output === 1 ? [msg, null] : [null, msg]);
    }
    host.light.show(ending.phrase, ending.about);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** Runs `settle` for every message of a node. */
export function onMessage(host: Host, work: (arrival: Arrival) => Promise<Ending>): void {
  host.node.on('input', (msg, send, done) => {
    const arrival: Arrival = { msg, send: (messages) => send(messages as (Message | null)[]), done };
    void settle(host, arrival, () => work(arrival));
  });
}

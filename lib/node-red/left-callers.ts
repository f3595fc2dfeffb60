/**
 * A deploy drops the messages that are on their way between two nodes, and core leaves their HTTP callers waiting until
 * they give up. Those of a node that is given here are told to come back.
 */
import type { Node, NodeAPI } from 'node-red';
import type { Message } from './host.ts';
import { answerRestarted, type HttpResponse, waitingResponse } from './waiting-caller.ts';

export interface LeftCallers {
  /** Callers of messages on their way to this node, and of those that have passed it, are not left. */
  guard(node: Node): void;
  /** A message has arrived at it. */
  came(node: Node, msg: Message): void;
}

/** Part of what Node-RED tells its hooks of a message on its way. */
interface OnItsWay {
  msg: Message;
  source: { id: string; node: unknown };
  destination: { id: string };
}

/** What has passed a node whose next ones were replaced may have left them before: it has so long to be answered. */
const GRACE_MS = 1_000;
/** So long after a deploy a message may still come from a node of before it, as when a body arrives slowly. */
const STRAGGLERS_MS = 5_000;

/** Call once for a type of nodes. */
export function keepCallers(red: NodeAPI): LeftCallers {
  const guarded = new Set<string>();
  /** Who waits, and which node their message has come to last. */
  const waiting = new Map<HttpResponse, Node>();
  let armed = false;
  let deploys = 0;

  function answerLost(event: OnItsWay): false | undefined {
    const response = waitingResponse(event.msg);
    if (!response || !(guarded.has(event.destination.id) || waiting.has(response)) || !isLost(red, event))
      return undefined;
    answerRestarted(response);
    return false;
  }

  /** What was queued at a node when it closed is lost too, and nobody tells which messages those were. */
  function answerQueued(): void {
    const left = [...waiting].map(([response, node]) => ({ response, isCutOff: cutOff(red, node) }));
    setTimeout(() => {
      for (const { response, isCutOff } of left) if (isCutOff()) answerRestarted(response);
    }, GRACE_MS).unref();
  }

  function stopping({ type }: { type?: string }): void {
    armed = false;
    // After a full deploy the new nodes do it.
    if (type !== 'full') arm();
    answerQueued();
    deploys += 1;
    const deploy = deploys;
    const hook = `preRoute.uma-${red.util.generateId()}`;
    // The runtime of node-red-node-test-helper has no hooks.
    red.hooks?.add(hook, answerLost);
    setTimeout(() => {
      red.hooks?.remove(hook);
      // While another deploy is under way, what is not there may be on its way back.
      if (deploy === deploys) forgetRemoved();
    }, STRAGGLERS_MS).unref();
  }

  function forgetRemoved(): void {
    for (const id of guarded) if (!red.nodes.getNode(id)) guarded.delete(id);
  }

  function arm(): void {
    if (!armed) red.events.once('flows:stopping', stopping);
    armed = true;
  }

  return {
    guard(node) {
      guarded.add(node.id);
      arm();
    },
    came(node, msg) {
      const response = waitingResponse(msg);
      if (!response) return;
      if (!waiting.has(response)) response.once('close', () => waiting.delete(response));
      waiting.set(response, node);
    },
  };
}

/** Core finds no node to deliver to, or the one that sends is not there any more: it delivers nothing and says nothing. */
function isLost(red: NodeAPI, { source, destination }: OnItsWay): boolean {
  return !red.nodes.getNode(destination.id) || red.nodes.getNode(source.id) !== source.node;
}

/** @returns whether since now a node was replaced that this one sends to */
function cutOff(red: NodeAPI, node: Node): () => boolean {
  const { wires = [] } = node as Node & { wires?: string[][] };
  const next = wires.flat().map((id) => ({ id, before: red.nodes.getNode(id) }));
  return () => next.some(({ id, before }) => red.nodes.getNode(id) !== before);
}

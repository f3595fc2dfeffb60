/** The fixed phrases that a node shows under itself: the editor translates whole phrases only, so each is an i18n id. */
import type { Node, NodeStatus } from 'node-red';
import type { Reason } from '../decision/reason.ts';
import type { Standing } from '../gateway/gateway.ts';
import { codeOf } from './flow-error.ts';

type Look = [fill: NonNullable<NodeStatus['fill']>, shape: NonNullable<NodeStatus['shape']>];

const LOOKS = {
  working: ['blue', 'ring'],
  allowed: ['green', 'dot'],
  /** What let it through has ended since. */
  'was-allowed': ['grey', 'ring'],
  pending: ['yellow', 'ring'],
  'needs-info': ['yellow', 'ring'],
  denied: ['red', 'dot'],
  expired: ['yellow', 'ring'],
  unreachable: ['red', 'ring'],
  starting: ['grey', 'ring'],
  'no-owner': ['yellow', 'ring'],
  'waiting-for-owner': ['yellow', 'ring'],
  failed: ['red', 'ring'],
  closed: ['grey', 'ring'],
  mistake: ['red', 'ring'],
  'not-let-in': ['yellow', 'ring'],
  shared: ['green', 'dot'],
  listed: ['grey', 'dot'],
  refused: ['yellow', 'dot'],
  revoked: ['green', 'dot'],
  unconfirmed: ['yellow', 'dot'],
  panic: ['red', 'dot'],
  'panic-unconfirmed': ['yellow', 'dot'],
  unprovisioned: ['grey', 'ring'],
  provisioned: ['yellow', 'ring'],
  active: ['green', 'dot'],
  quarantined: ['red', 'dot'],
  retired: ['grey', 'dot'],
} as const satisfies Record<string, Look>;

export type Phrase = keyof typeof LOOKS | `denied-${Reason}`;

export interface StatusLight {
  /** What the node did last. @param about - the device (`client_id`) whose state that is */
  show(phrase: Phrase, about?: string): void;
  /** What was shown is not so any more; nothing happens where something else is. */
  replace(shown: Phrase, by: Phrase): void;
  /** A device is in another state; nothing happens where what is shown is not about it. */
  turn(device: string, state: Phrase): void;
  /** How its server stands; while that is not well, it is what is shown until the next message. */
  follow(standing: Standing): void;
}

function lookOf(phrase: Phrase): Look {
  return phrase.startsWith('denied-') ? ['red', 'dot'] : LOOKS[phrase as keyof typeof LOOKS];
}

/** What a standing shows under a node; undefined where all is well. */
export function phraseOf({ phase }: Standing): Phrase | undefined {
  if (phase === 'stopped') return 'panic';
  return phase === 'ready' ? undefined : phase;
}

/** What a message that could not be done shows. That its owner has not let a flow act yet is nobody's mistake. */
export function phraseOfError(error: unknown): Phrase {
  return codeOf(error) === 'OwnerNotConnected' ? 'not-let-in' : 'mistake';
}

/** Sends a status only when it changes: a busy node would otherwise flood the editor. */
export function statusLight(node: Node): StatusLight {
  let last: Phrase | undefined;
  let subject: string | undefined;
  let troubled = false;
  let trouble: Phrase | undefined;
  const set = (phrase: Phrase | undefined, about?: string): void => {
    subject = about;
    if (phrase === last) return;
    last = phrase;
    if (phrase === undefined) {
      node.status({});
      return;
    }
    const [fill, shape] = lookOf(phrase);
    node.status({ fill, shape, text: `status.${phrase}` });
  };
  return {
    show: (phrase, about) => {
      // What cannot be done before its server is there is no mistake of the flow.
      if ((phrase === 'mistake' || phrase === 'not-let-in') && trouble !== undefined) return;
      troubled = false;
      set(phrase, about);
    },
    replace: (shown, by) => {
      if (last === shown) set(by);
    },
    turn: (device, state) => {
      if (device === subject) set(state, device);
    },
    follow: (standing) => {
      const phrase = phraseOf(standing);
      // What was shown while everything was stopped is over with it, whoever put it there.
      const isOver = trouble === 'panic' && phrase === undefined;
      trouble = phrase;
      const isLetIn = last === 'not-let-in' && standing.phase === 'ready' && !standing.code;
      // "ready" only clears what the server's trouble had put there, never what a message left.
      if (phrase === undefined && !troubled && !isOver && !isLetIn) return;
      troubled = phrase !== undefined;
      set(phrase);
    },
  };
}

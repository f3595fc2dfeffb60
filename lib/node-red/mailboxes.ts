/**
 * What is sent to a node by its id, and not by its object: a deploy replaces the object, and what happens meanwhile is
 * handed to the next one.
 */
import type { Node } from 'node-red';

export interface Mailboxes<Letter> {
  /** The node takes what comes for its id from now on, and what came while it was replaced. */
  open(node: Node, take: (letter: Letter) => void): void;
  /** For a node that is gone for good it is lost. */
  post(id: string, letter: Letter): void;
}

interface Box<Letter> {
  take: ((letter: Letter) => void) | undefined;
  waiting: Letter[];
  closing?: NodeJS.Timeout;
}

/** As long as a gateway outlives its last user. */
const KEPT_MS = 10_000;
const MOST_WAITING = 100;

/**
 * Call once for a type of nodes.
 * @param gone - hears of an id whose node was not replaced
 */
export function createMailboxes<Letter>(gone: (id: string) => void = () => {}): Mailboxes<Letter> {
  const boxes = new Map<string, Box<Letter>>();

  function leave(id: string, box: Box<Letter>): void {
    box.take = undefined;
    box.closing = setTimeout(() => {
      boxes.delete(id);
      gone(id);
    }, KEPT_MS).unref();
  }

  return {
    open(node, take) {
      const box: Box<Letter> = boxes.get(node.id) ?? { take, waiting: [] };
      clearTimeout(box.closing);
      box.take = take;
      boxes.set(node.id, box);
      node.on('close', () => box.take === take && leave(node.id, box));
      // The wires of the new flows are not there yet.
      setImmediate(() => {
        while (box.take === take && box.waiting.length > 0) take(box.waiting.shift() as Letter);
      });
    },
    post(id, letter) {
      const box = boxes.get(id);
      if (box?.take && box.waiting.length === 0) box.take(letter);
      else if (box && box.waiting.length < MOST_WAITING) box.waiting.push(letter);
    },
  };
}

/** The canvas button of revoke: stopping needs no authority, so a press is enough. */
import type { Node, NodeAPI } from 'node-red';
import { answering, guarded } from './admin-guard.ts';

/** A node whose button stops everything; others have none. */
export interface PressableNode extends Node {
  pressable: boolean;
}

/** Call once, with the registration of revoke. */
export function serveRevokeButton(RED: NodeAPI): void {
  if (!RED.httpAdmin) return;
  RED.httpAdmin.post(
    '/uma-home/revoke/:id',
    guarded(RED, 'revoke.write'),
    answering(async ({ params }) => {
      const node = RED.nodes.getNode(String(params.id)) as PressableNode | null;
      if (node?.type !== 'revoke' || !node.pressable) return undefined;
      // The body is not looked at: nothing that a caller sends reaches the flow.
      node.receive({});
      return { pressed: true };
    }),
  );
}

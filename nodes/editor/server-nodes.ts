import type { EditorNode } from './red.ts';

/** The server config nodes in these flows, deployed or not. */
export function serverNodes(): EditorNode[] {
  const found: EditorNode[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === 'uma-authorization-server') found.push(node);
    return undefined;
  });
  return found;
}

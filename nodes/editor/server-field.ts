/** The server's row: needed only where nothing else that is named belongs to a server. */
import { currentText, showRow } from './form.ts';
import { byConfig, isEnvironment } from './naming-field.ts';
import type { EditorNode } from './red.ts';
import { word } from './words.ts';

type ConfigThing = 'device' | 'resource';

/** Which of these are named by a config node, and so bring their server along? */
function bringers(node: EditorNode, things: ConfigThing[]): ConfigThing[] {
  return things.filter((thing) => byConfig(node, thing));
}

export function showServerRow(node: EditorNode, things: ConfigThing[]): void {
  showRow('server', bringers(node, things).length === 0);
}

export function serverProblem(node: EditorNode, things: ConfigThing[]): true | string {
  if (bringers(node, things).length > 0) return true;
  const id = currentText(node, 'server');
  if (id === '') return word('choose_server');
  return isEnvironment(id) || RED.nodes.node(id) ? true : word('gone');
}

/** The server of a config node that is chosen. */
export function serverOf(node: EditorNode, thing: ConfigThing): string {
  const config = byConfig(node, thing) ? RED.nodes.node(currentText(node, thing)) : null;
  return typeof config?.server === 'string' ? config.server : '';
}

/** A device of one server cannot ask for a resource of another. */
export function sameServerProblem(node: EditorNode): true | string {
  const [one, other] = [serverOf(node, 'device'), serverOf(node, 'resource')];
  return one === '' || other === '' || one === other ? true : word('different_servers');
}

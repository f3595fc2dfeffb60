/** What a node is called on the canvas while it has no name of its own: the sentence that it stands for. */
import { nameOf } from './list-picker.ts';
import type { EditorNode } from './red.ts';
import { scopesInWords } from './scope-words.ts';

function text(node: EditorNode, property: string): string {
  const value = node[property];
  return typeof value === 'string' ? value.trim() : '';
}

/** A person's name for what a node names: of a config node, of the list, or where a message has it. */
export function thingLabel(node: EditorNode, thing: string): string {
  const type = text(node, `${thing}Type`) || 'config';
  const value = text(node, `${thing}Value`);
  if (type === 'config') {
    const config = RED.nodes.node(text(node, thing));
    return config ? text(config, 'name') || text(config, 'key') : '';
  }
  if (type === 'list') return nameOf(value);
  return valueLabel(type, value);
}

/** "msg.device", "$UMA_DEVICE", or the text itself. */
export function valueLabel(type: string, value: string): string {
  if (value === '') return '';
  if (type === 'msg' || type === 'flow' || type === 'global') return `${type}.${value}`;
  return type === 'env' ? `$${value}` : value;
}

/** "turn on and turn off": in the words of the sentences that the owner reads. */
export function scopesLabel(node: EditorNode): string {
  const type = text(node, 'scopesType');
  const value = text(node, 'scopes');
  if (type !== 'scopes' && type !== 'str') return valueLabel(type, value);
  return scopesInWords(value.split(/[\s,]+/).filter(Boolean));
}

/** The node's own name, else its sentence, else what the palette calls it. */
export function labelOr(node: EditorNode, sentence: string): string {
  return text(node, 'name') || sentence || node._(`${node.type}.palette`);
}

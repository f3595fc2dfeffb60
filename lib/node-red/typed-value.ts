import { FlowError } from './flow-error.ts';
import type { Host, Message } from './host.ts';

/** A value as a typed input of the editor describes it: msg, flow, global, env, JSONata, or the text itself (`str`). */
export interface TypedValue {
  type: string;
  value: string;
}

/**
 * Evaluates a typed input for one message; what is not there is `undefined`.
 * @throws FlowError `bad_expression` where it cannot be evaluated at all
 */
export function evaluate({ red, node }: Host, msg: Message, { type, value }: TypedValue): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null | undefined, result?: unknown): void => {
      if (!error) resolve(result);
      // `msg.payload.id` where payload is no object: nothing is there.
      else if (type === 'msg') resolve(undefined);
      else reject(new FlowError('bad_expression', { expression: value }));
    };
    try {
      red.util.evaluateNodeProperty(value, type, node, msg, settle);
    } catch (error) {
      settle(error instanceof Error ? error : new Error('not evaluated'));
    }
  });
}

/** Evaluates to a text; nothing, and what is no text or number, is `undefined`. */
export async function evaluateText(host: Host, msg: Message, input: TypedValue): Promise<string | undefined> {
  const value = await evaluate(host, msg, input);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

import type { Text } from '../sharing/text.ts';

/** A mistake in the flow or a fault of ours, for the flow's author: a stable `code`, and words that say how to mend it. */
export class FlowError extends Error {
  readonly code: string;
  readonly hint: Text;

  constructor(code: string, values?: Record<string, string | number>) {
    super(code);
    this.name = 'FlowError';
    this.code = code;
    this.hint = { key: `hint.${code}`, ...(values && { values }) };
  }
}

/** What Catch nodes get: core copies only own `code`, `stack` and `cause` of an error, and its message. */
export class NodeError extends Error {
  readonly code: string;

  constructor(code: string, sentence: string, cause?: unknown) {
    super(sentence);
    this.name = 'UMA';
    this.code = code;
    // Not enumerable, so that no debug node walks into it.
    if (cause !== undefined) Object.defineProperty(this, 'cause', { value: cause, enumerable: false });
  }
}

/** A member of whatever was thrown; a getter in a message may throw what throws again when it is looked at. */
function memberOf(error: unknown, name: 'code' | 'hint'): unknown {
  try {
    return error instanceof Error && name in error ? (error as Error & Record<typeof name, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** The stable code of whatever was thrown; what has none is a fault of ours. Never throws. */
export function codeOf(error: unknown): string {
  const code = memberOf(error, 'code');
  return typeof code === 'string' ? code : 'internal_error';
}

/** What to tell the flow's author about whatever was thrown. Never throws. */
export function hintOf(error: unknown): Text {
  const hint = memberOf(error, 'hint');
  if (typeof hint === 'object' && hint !== null && 'key' in hint && typeof hint.key === 'string') return hint as Text;
  return { key: 'hint.internal_error', values: { code: codeOf(error) } };
}

/** What may be done with a resource, as a form or a message writes it. Pure: the editor uses it too. */

/** A list, or a text with commas or spaces; without doubles and in the order given. */
export function parseScopes(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[\s,]+/) : [];
  return [...new Set(parts.filter((part) => typeof part === 'string').map((part) => part.trim()))].filter(Boolean);
}

/** RFC 6749 3.3: a scope is one or more printable ASCII characters without space, quote and backslash. */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}

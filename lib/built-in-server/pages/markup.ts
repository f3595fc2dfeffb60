/** Markup that is already safe to send. Only this file makes it. */
export interface Markup {
  readonly safe: string;
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/** A template whose gaps are escaped, but for markup. */
export function markup(fixed: TemplateStringsArray, ...parts: Part[]): Markup {
  const safe = fixed.reduce((all, text, index) => all + render(parts[index - 1]) + text);
  return { safe };
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'safe' in part ? part.safe : part.map((one) => one.safe).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

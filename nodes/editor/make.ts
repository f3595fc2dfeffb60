/** Elements in one call each. Whatever a person or a device named is text here, never markup. */
export type Part = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...parts: Part[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...parts);
  return element;
}

export interface ButtonWords {
  text: string;
  /** The whole of it for those who hear one button after the other. */
  name: string;
  /** Finds the button again after its part was drawn anew. */
  key: string;
  icon?: string;
}

/** A button of the editor's own kind; `press` is not called again before it has ended. */
export function makeButton({ text, name, key, icon }: ButtonWords, press: () => Promise<void>): HTMLButtonElement {
  const button = make('button', { type: 'button', className: 'red-ui-button' });
  if (icon) button.append(makeIcon(icon), ' ');
  button.append(text);
  button.setAttribute('aria-label', name);
  button.title = name;
  button.dataset.key = key;
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    // Not `disabled`: that would take the focus away from whoever works by keyboard.
    button.setAttribute('aria-disabled', 'true');
    void press().finally(() => button.removeAttribute('aria-disabled'));
  });
  return button;
}

export function makeIcon(name: string): HTMLElement {
  const icon = make('i', { className: `fa ${name}` });
  icon.setAttribute('aria-hidden', 'true');
  return icon;
}

/**
 * Draws a part anew, but only where what it shows has changed: then focus and what was chosen in it stay where they were.
 *
 * @param shown - all that the drawing is made of
 */
export function redraw(part: HTMLElement, shown: unknown, draw: () => Part[]): void {
  const drawn = JSON.stringify(shown);
  if (part.dataset.drawn === drawn) return;
  part.dataset.drawn = drawn;
  const { activeElement } = document;
  const focused = activeElement instanceof HTMLElement && part.contains(activeElement) ? activeElement : undefined;
  const chosen = [...part.querySelectorAll('select')].map(({ dataset, value }) => [dataset.key, value] as const);
  part.replaceChildren(...draw());
  for (const [key, value] of chosen) {
    const select = byKey(part, key);
    if (select instanceof HTMLSelectElement) select.value = value;
  }
  // What had the focus may be gone: then it goes to the list itself, not to the top of the page.
  if (focused) (byKey(part, focused.dataset.key) ?? part).focus();
}

function byKey(part: HTMLElement, key: string | undefined): HTMLElement | undefined {
  return [...part.querySelectorAll<HTMLElement>('[data-key]')].find(({ dataset }) => dataset.key === key);
}

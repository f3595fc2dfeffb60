/** A list that is asked of the server when it is opened, searched by typing, and walked through by keys. */
import { type Item, type Listed, list } from './ask.ts';
import type { TypedInput } from './red.ts';
import { word } from './words.ts';

export type Listing = 'devices' | 'resources' | 'shares';

/** Names of what was picked, so that a field shows a name and not an id. */
const names = (): Map<string, string> => {
  const holder = window as unknown as { umaHomeNames?: Map<string, string> };
  holder.umaHomeNames ??= new Map();
  return holder.umaHomeNames;
};

export function nameOf(id: string): string {
  return names().get(id) ?? id;
}

/** Fetches a list and remembers its names. */
export async function fetchList(serverId: string, what: Listing): Promise<Listed> {
  const found = await list(serverId, what);
  if (!found) return { items: [], hint: word('list_needs_deploy') };
  for (const { id, name } of found.items) names().set(id, name);
  return found;
}

function entry({ id, name, note }: Item, pick: (id: string) => void): HTMLLIElement {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  if (note) {
    const small = document.createElement('small');
    small.textContent = note;
    button.append(small);
  }
  button.addEventListener('click', () => pick(id));
  item.append(button);
  return item;
}

function matches({ id, name, note = '' }: Item, text: string): boolean {
  return `${name} ${note} ${id}`.toLowerCase().includes(text.trim().toLowerCase());
}

/** Up and down move between the search field and the entries; escape leaves. */
function walkByKeys(panel: HTMLElement, leave: () => void): void {
  panel.addEventListener('keydown', (event) => {
    // No key pressed here is a command to the editor, which would also look for this element after it is gone.
    event.stopPropagation();
    if (event.key === 'Escape') leave();
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops = [...panel.querySelectorAll<HTMLElement>('input, li button')];
    const step = event.key === 'ArrowDown' ? 1 : -1;
    const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
    event.preventDefault();
    next?.focus();
  });
}

interface Panel {
  element: HTMLElement;
  show(listed: Listed): void;
}

function createPanel(pick: (id: string) => void, leave: () => void): Panel {
  const element = document.createElement('div');
  element.className = 'uma-pick';
  const search = document.createElement('input');
  search.type = 'text';
  search.placeholder = word('search');
  search.setAttribute('aria-label', word('search'));
  const entries = document.createElement('ul');
  const note = document.createElement('small');
  note.setAttribute('role', 'status');
  note.textContent = word('loading');
  element.append(search, entries, note);
  walkByKeys(element, leave);
  let listed: Listed | undefined;
  const draw = (): void => {
    if (!listed) return;
    const found = listed.items.filter((item) => matches(item, search.value));
    entries.replaceChildren(...found.map((item) => entry(item, pick)));
    note.textContent = found.length > 0 ? '' : (listed.hint ?? word('nothing_found'));
  };
  search.addEventListener('input', draw);
  return {
    element,
    show: (next) => {
      listed = next;
      draw();
    },
  };
}

/** Opens the list under a typed input; what is picked becomes its value. */
export function openPicker(input: TypedInput, serverId: string, what: Listing): void {
  const leave = (): void => {
    popover.hide();
    input.uiSelect[0]?.querySelector<HTMLElement>('.red-ui-typedInput-option-expand')?.focus();
  };
  const pick = (id: string): void => {
    input.value(id);
    leave();
  };
  const panel = createPanel(pick, leave);
  const popover = RED.popover.panel($(panel.element));
  popover.show({ target: input.uiSelect, onclose: () => {} });
  panel.element.querySelector('input')?.focus();
  void fetchList(serverId, what).then(panel.show);
}

/** The list of addresses under which devices reach this Node-RED. */
import type { EditorNode, Widget } from './red.ts';
import { word } from './words.ts';

const LIST = '#uma-addresses-list';

function row(container: Widget, index: number, address: string): void {
  const input = document.createElement('input');
  input.type = 'text';
  input.className = 'uma-address';
  input.style.width = '100%';
  input.value = address;
  input.placeholder = 'http://192.168.1.10:1880';
  input.setAttribute('aria-label', word('address', { number: index + 1 }));
  container[0]?.append(input);
  // Made by the button just now: the next key typed is the address.
  if (address === '') setTimeout(() => input.focus());
}

/** The addresses in the open form; undefined where no form is open. */
export function readAddresses(): string[] | undefined {
  const list = document.querySelector(LIST);
  if (!list) return undefined;
  return [...list.querySelectorAll<HTMLInputElement>('.uma-address')]
    .map(({ value }) => value.trim())
    .filter((value) => value !== '');
}

/** What an address has to be: one that a device can be given. */
export function isAddress(address: string): boolean {
  return /^https?:\/\/[^/]/i.test(address) && URL.canParse(address);
}

/** The list is no field of the editor's: this tells it, and the checks, that something changed. */
function changed(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>(`${LIST} .uma-address`)) {
    const address = input.value.trim();
    const isWrong = address !== '' && !isAddress(address);
    input.setAttribute('aria-invalid', String(isWrong));
    input.classList.toggle('input-error', isWrong);
  }
  $('#uma-field-addresses').trigger('change');
}

/** Offers the address under which this very page was opened: where that is not one of the defaults, it is what devices use. */
function proposeOwn(add: (address: string) => void): void {
  const { origin, hostname } = window.location;
  const button = document.getElementById('uma-this-address');
  if (!(button instanceof HTMLButtonElement) || /^(127\.0\.0\.1|localhost)$/.test(hostname)) return;
  if (readAddresses()?.includes(origin)) return;
  button.textContent = word('add_address', { address: origin });
  button.hidden = false;
  button.addEventListener('click', () => {
    add(origin);
    button.hidden = true;
    changed();
  });
}

export function addressesField(node: EditorNode): void {
  const list = $(LIST).editableList<{ address?: string }>({
    addItem: (container, index, item) => row(container, index, item.address ?? ''),
    removable: true,
    sortable: true,
    height: 'auto',
    addButton: word('add'),
  });
  const addresses = Array.isArray(node.addresses) ? node.addresses : [];
  // Its "none yet" stands there from now on only: the widget takes the list's height when it is made for a fixed one.
  list[0]?.classList.add('uma-listed');
  for (const address of addresses) list.editableList('addItem', { address: String(address) });
  list.on('editablelistremoveitem keyup change', changed);
  proposeOwn((address) => list.editableList('addItem', { address }));
}

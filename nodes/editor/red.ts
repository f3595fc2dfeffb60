/** The part of the Node-RED editor that our forms use. Its own type packages bring `any`, so what is used is written down here. */

/** A node as the editor holds it: its settings by name, and what the editor knows beside. */
export interface EditorNode {
  id: string;
  type: string;
  z?: string;
  name?: string;
  _def: { category: string; defaults: Record<string, PropertyDef> };
  _(key: string, values?: Record<string, string | number>): string;
  [setting: string]: unknown;
}

export interface PropertyDef {
  type?: string;
  validate?(this: EditorNode, value: unknown, options: object): true | string;
}

/** One choice of a typed input's first menu. */
export interface TypedInputType {
  value: string;
  label?: string;
  icon?: string;
  hasValue?: boolean;
  multiple?: boolean;
  options?: { value: string; label: string }[];
  default?: string | string[];
  validate?(value: string): true | string;
  valueLabel?(this: TypedInput, container: Widget, value: string): void;
  expand?(this: TypedInput): void;
}

/** What a typed input's own functions are called on. */
export interface TypedInput {
  value(): string;
  value(next: string): void;
  uiSelect: Widget;
}

/** jQuery, as far as it is needed: the editor's widgets and events are made of it. */
export interface Widget {
  [index: number]: HTMLElement | undefined;
  readonly length: number;
  on(events: string, handler: (event: { target: HTMLElement }) => void): Widget;
  trigger(event: string): Widget;
  val(): string | null;
  val(value: string): Widget;
  text(value: string): Widget;
  typedInput(options: { types: (string | TypedInputType)[]; typeField?: string; default?: string }): Widget;
  typedInput(method: 'types', types: (string | TypedInputType)[]): Widget;
  typedInput(method: 'type' | 'value'): string;
  typedInput(method: 'value' | 'type', value: string): void;
  editableList<T>(options: EditableListOptions<T>): Widget;
  editableList(method: 'addItem', item: object): void;
  editableList(method: 'items'): { each(visit: (index: number, element: HTMLElement) => void): void };
}

export interface EditableListOptions<T> {
  addItem(container: Widget, index: number, item: T): void;
  removable: boolean;
  sortable: boolean;
  height: string | number;
  addButton?: string;
}

interface Notification {
  close(): void;
}

export interface Red {
  _(key: string, values?: Record<string, string | number>): string;
  nodes: {
    node(id: string): EditorNode | null;
    filterNodes(filter: { type: string }): EditorNode[];
    eachConfig(visit: (node: EditorNode) => boolean | undefined): void;
    filterLinks(filter: { source?: object; sourcePort?: number; target?: object }): {
      source: EditorNode;
      sourcePort: number;
      target: EditorNode;
    }[];
    dirty(): boolean;
  };
  editor: { getEditStack(): { id: string }[] };
  notify(
    message: string,
    options: {
      type?: string;
      modal?: boolean;
      fixed?: boolean;
      timeout?: number;
      buttons?: { text: string; class?: string; click(): void }[];
    },
  ): Notification;
  popover: {
    panel(content: Widget): { show(options: { target: Widget; onclose(): void }): void; hide(): void };
  };
  i18n: { lang(): string };
  settings: { apiRootUrl?: string; httpNodeRoot?: string };
  tray: { resize(): void };
  sidebar: { addTab(tab: SidebarTab): void; show(id: string): void };
  comms: { subscribe(topic: string, heard: (topic: string, data: unknown) => void): void };
  events: { on(name: string, heard: () => void): void };
  validators: Record<string, unknown>;
  utils: { validatePropertyExpression(text: string): boolean };
}

export interface SidebarTab {
  id: string;
  label: string;
  name: string;
  iconClass: string;
  content: Widget;
  enableOnEdit: boolean;
  onchange(): void;
}

interface AjaxAnswer {
  done(handler: (body: unknown) => void): AjaxAnswer;
  fail(handler: (answer: { status: number }) => void): AjaxAnswer;
}

interface JQuery {
  (selector: string | HTMLElement): Widget;
  ajax(options: {
    url: string;
    method: string;
    headers: Record<string, string>;
    contentType?: string;
    data?: string;
    dataType: 'json';
  }): AjaxAnswer;
}

declare global {
  const RED: Red;
  const $: JQuery;
}

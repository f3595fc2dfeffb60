/** The sidebar's questions to our routes of Node-RED, for one server node. */
import { ask, tell } from '../ask.ts';
import { say } from './say.ts';

export interface Row {
  id: string;
  name: string;
  notes: string[];
  state?: string;
  /** Seconds since 1970. */
  since?: number;
}

export interface Listed {
  items: Row[];
  next?: string;
  /** Why there is nothing. */
  hint?: string;
}

export type ListName = 'requests' | 'shares' | 'devices' | 'resources';

export interface About {
  /** Where decisions are heard of. */
  topic: string;
  /** The owner's page. */
  link?: string;
  /** Has the editor a login? */
  login: boolean;
}

const pathOf = (server: string): string => `sidebar/${encodeURIComponent(server)}`;

export function askAbout(server: string): Promise<About | undefined> {
  return ask<About>(pathOf(server));
}

/** As many rows as were on the screen before: pages are read one after the other up to `pages`. */
export async function askList(server: string, name: ListName, pages: number): Promise<Listed | undefined> {
  const all: Listed = { items: [] };
  let after: string | undefined = '';
  for (let page = 0; page < pages && after !== undefined; page += 1) {
    const found: Listed | undefined = await ask<Listed>(`${pathOf(server)}/${name}?after=${encodeURIComponent(after)}`);
    if (!found) return undefined;
    all.items.push(...found.items);
    if (found.hint) all.hint = found.hint;
    after = found.next;
  }
  return after === undefined ? all : { ...all, next: after };
}

/** @returns what came of it, in words */
export async function act(server: string, what: string[], body: object = {}): Promise<string> {
  try {
    const path = what.map(encodeURIComponent).join('/');
    return (await tell<{ sentence: string }>(`${pathOf(server)}/${path}`, body)).sentence;
  } catch {
    return say('failed');
  }
}

/** Where in these pages somebody is, as the part of the address behind `#` says. */
export type Screen =
  | 'home'
  | 'requests'
  | 'add'
  | 'history'
  | 'receipts'
  | 'more'
  | 'people'
  | 'gateways'
  | 'sessions'
  | 'password'
  | 'server'
  | 'stop'
  | 'device'
  | 'code';

export interface Place {
  screen: Screen;
  /** Which device, or which code. */
  id?: string;
}

const plain: readonly string[] = [
  'requests',
  'add',
  'history',
  'receipts',
  'more',
  'people',
  'gateways',
  'sessions',
  'password',
  'server',
  'stop',
] satisfies Screen[];

/** What is not known leads home: an address may be old, or mistyped. */
export function readPlace(hash: string): Place {
  const [, screen = '', id] = hash.split('/');
  if (plain.includes(screen) && id === undefined) return { screen: screen as Screen };
  const named = id === undefined ? '' : decoded(id);
  if ((screen === 'device' || screen === 'code') && named !== '') return { screen, id: named };
  return { screen: 'home' };
}

/** The link to a place. */
export function linkTo({ screen, id }: Place): string {
  return id === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(id)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** Seconds since 1970-01-01T00:00:00Z. */
export type Seconds = number;

/** Hours of a week in which a share holds. `days`: 1 (Monday) to 7; times are `HH:MM` in the time zone. */
export interface WeeklyWindow {
  timeZone: string;
  windows: { days: number[]; from: string; to: string }[];
}

/** What limits a share beside its scopes. */
export interface Conditions {
  notBefore?: Seconds;
  until?: Seconds;
  weekly?: WeeklyWindow;
  once?: true;
  ownKeyOnly?: true;
}

/** With whom something is shared: a device (its `client_id`) or a person (their account name). */
export interface Party {
  kind: 'device' | 'person';
  id: string;
}

/** One owner's "yes", as asked for. */
export interface ShareWish {
  resource: string;
  party: Party;
  scopes: string[];
  conditions: Conditions;
}

/** One owner's "yes", as kept by the server. */
export interface Share extends ShareWish {
  id: string;
  version: number;
  owner: string;
  partyName: string;
  /** What the server calls the resource, where it says so. */
  resourceName?: string;
  lastUsed?: Seconds;
}

/** A device that waits for its owner. */
export interface ShareRequest {
  id: string;
  resource: string;
  resourceName: string;
  device: string;
  deviceName: string;
  /** Who uses the device, where they have said so: an approval then shares with them. */
  person?: string;
  scopes: string[];
  since: Seconds;
}

/** A part of a long list; `next` fetches the part after it. */
export interface Page<T> {
  items: T[];
  next?: string;
}

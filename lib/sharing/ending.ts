/** What an owner, or anybody who may stop things, ends; and what that came to. The same words on both sides of the wire. */

/** What to end. `pair` ends only what the device may do with these scopes of the resource. `everything` names the owner. */
export type Target =
  | { token: string }
  | { share: string }
  | { device: string }
  | { resource: string }
  | { pair: { device: string; resource: string; scopes: string[] } }
  | { everything: string };

export interface EndedShare {
  share: string;
  device: string;
  resource: string;
  scopes: string[];
}

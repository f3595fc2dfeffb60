import type { Denylist } from '../revocation/denylist.ts';
import type { OwnerRole } from '../servers/authorization-server.ts';
import type { Share, ShareWish } from '../sharing/share.ts';
import type { Text } from '../sharing/text.ts';

/** What is being ended cannot be shared: the new share would be refused here, or ended by the order under way. */
export class BeingEndedError extends Error {
  readonly code = 'being_ended';
  readonly hint: Text;

  constructor(hint: Text) {
    super('This is being ended');
    this.name = 'BeingEndedError';
    this.hint = hint;
  }
}

/** What is being ended, and what a person calls a device, by `client_id`. */
export interface Blocks extends Pick<Denylist, 'overlapping'> {
  deviceName(clientId: string): string | undefined;
}

/**
 * The owner's role, with one more refusal: a grant that overlaps an open block (security.md, block then cut).
 *
 * @param granted - told of a new share at once: what waits for it here need not wait for the server's event
 */
export function guardedOwner(owner: OwnerRole, blocks: Blocks, granted: (share: Share) => void): OwnerRole {
  function mustNotOverlap(wish: ShareWish): void {
    const why = blocks.overlapping(wish);
    if (why) throw new BeingEndedError(inNames(why, wish, blocks));
  }
  function told(share: Share): Share {
    granted(share);
    return share;
  }
  return {
    ...owner,
    async grant(wish) {
      mustNotOverlap(wish);
      return told(await owner.grant(wish));
    },
    async approve(id, limits) {
      const request = (await owner.requests()).find((open) => open.id === id);
      if (request) {
        const { resource, device, person, scopes } = request;
        mustNotOverlap({
          resource,
          party: person === undefined ? { kind: 'device', id: device } : { kind: 'person', id: person },
          scopes: limits?.scopes ?? scopes,
          conditions: {},
        });
      }
      return told(await owner.approve(id, limits));
    },
  };
}

/** A hint is for people: its device goes by name. */
function inNames(why: Text, { party }: ShareWish, { deviceName }: Blocks): Text {
  const name = party.kind === 'device' ? deviceName(party.id) : undefined;
  return name === undefined ? why : { ...why, values: { ...why.values, party: name } };
}

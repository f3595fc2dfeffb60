import type { ShareWish } from '../sharing/share.ts';
import type { OwnerRole } from './authorization-server.ts';
import { readRequests, readShare, readShares } from './owner-answers.ts';
import type { OwnerApi } from './owner-api.ts';

/** What an owner may do through this gateway: as far as the scopes go that the owner approved. */
export function createOwnerRole({ call }: OwnerApi): OwnerRole {
  const at = (id: string) => encodeURIComponent(id);
  const listed = (page?: string) => (page === undefined ? '/api/shares' : `/api/shares?after=${at(page)}`);
  return {
    shares: async (page) => readShares(await call('GET', listed(page))),
    grant: async (wish) => readShare(await call('POST', '/api/shares', wish)),
    change: async (id, wish) => readShare(await call('PATCH', `/api/shares/${at(id)}`, limits(wish))),
    requests: async () => readRequests(await call('GET', '/api/requests')),
    approve: async (id, wish = {}) => readShare(await call('POST', `/api/requests/${at(id)}/approve`, limits(wish))),
    async deny(id) {
      await call('POST', `/api/requests/${at(id)}/deny`, {});
    },
  };
}

/** With whom and what is shared stands already; only how far can be said. */
function limits({ scopes, conditions }: Partial<ShareWish>): object {
  return { ...(scopes && { scopes }), ...(conditions && { conditions }) };
}

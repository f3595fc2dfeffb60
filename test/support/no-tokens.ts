import type { IssuedTokens } from '../../lib/built-in-server/model/issued-tokens.ts';

/** Nothing was ever issued; overrides say otherwise. */
export function noTokens(overrides: Partial<IssuedTokens> = {}): IssuedTokens {
  return {
    find: () => undefined,
    endByHash: () => [],
    endByShare: () => [],
    spend: () => {},
    endByDevice: () => [],
    endByKey: () => [],
    endByResource: () => [],
    endByGateway: () => [],
    endAuthority: () => {},
    endDeviceAt: () => [],
    endClientsPeople: () => {},
    endPerson: () => [],
    endClient: () => {},
    ...overrides,
  };
}

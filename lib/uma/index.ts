/**
 * The UMA 2.0 protocol (User-Managed Access 2.0 Grant, and Federated Authorization) for clients and resource servers, on
 * `oauth4webapi`. Knows no server, no store and no network of its own: the HTTP client is an argument.
 *
 * - Everybody: `discover`.
 * - A client: `readUmaChallenges`, `requestRpt`, `compareGrant`, `refreshRpt`, `revokeToken`.
 * - A resource server: `requestProtectionToken`, `createResource` and its kin, `requestTicket`, `formatUmaChallenge`,
 *   `introspectRpt`.
 */
export { type Challenge, formatChallenge, parseChallenges } from './challenge.ts';
export { type KeyHolder, keyHolderClient, type UmaClient } from './client.ts';
export { type DiscoveryOptions, discover } from './discovery.ts';
export { endpointOf } from './endpoint.ts';
export * from './errors.ts';
export type { Fetch, Http } from './exchange.ts';
export { compareGrant, type GrantedPart } from './granted-permissions.ts';
export { type IntrospectionOptions, introspectRpt } from './introspection.ts';
export type { Permission, Seconds } from './permission.ts';
export type { Clock } from './permission-list.ts';
export { requestTicket } from './permission-ticket.ts';
export type { ProtectionApi } from './protection-api.ts';
export { requestProtectionToken } from './protection-token.ts';
export type { RequiredClaim } from './required-claim.ts';
export {
  createResource,
  deleteResource,
  listResources,
  type RegisteredResource,
  type Registration,
  type ResourceDescription,
  readResource,
  updateResource,
} from './resource-registration.ts';
export { type RevocableToken, revokeToken } from './revocation.ts';
export type { RptFacts, RptReading } from './rpt.ts';
export { rptFacts } from './rpt-facts.ts';
export { type RptRequest, refreshRpt, requestRpt } from './rpt-grant.ts';
export type { RptGranted, RptOutcome } from './rpt-outcome.ts';
export type { UmaServerMetadata } from './server-metadata.ts';
export type { IssuedToken } from './token-response.ts';
export {
  formatUmaChallenge,
  readUmaChallenges,
  SERVER_UNREACHABLE_WARNING,
  type UmaChallenge,
} from './uma-challenge.ts';

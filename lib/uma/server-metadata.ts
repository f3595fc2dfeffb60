import type { AuthorizationServer } from 'oauth4webapi';

/**
 * What an authorization server says of itself: RFC 8414 with the members of UMA Grant 2 and Federated Authorization 2.
 * A wire object, so its members keep their names. Take endpoints from it by `endpointOf`, which checks them.
 */
export interface UmaServerMetadata extends AuthorizationServer {
  readonly permission_endpoint?: string;
  readonly resource_registration_endpoint?: string;
  readonly claims_interaction_endpoint?: string;
  readonly uma_profiles_supported?: string[];
}

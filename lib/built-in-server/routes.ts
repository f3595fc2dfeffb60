/** Everything the server answers, put together. */
import type { GatewayStore } from '../store/gateway-store.ts';
import { createAttemptLimiter } from './api/attempt-limiter.ts';
import { createOwnerApi } from './api/owner-api.ts';
import { claimsRoutes } from './endpoints/claims.ts';
import { clientEndpointRoutes } from './endpoints/client-endpoints.ts';
import { deviceKeyRoutes } from './endpoints/device-key.ts';
import { gatewayDeviceRoutes } from './endpoints/devices.ts';
import { discoveryRoutes } from './endpoints/discovery.ts';
import { endRoutes } from './endpoints/ends.ts';
import { createEventEndpoint } from './endpoints/events.ts';
import { inFlowRoutes } from './endpoints/in-flows.ts';
import { refusesAsProtocol } from './endpoints/model-refusal.ts';
import { permissionRoutes } from './endpoints/permission.ts';
import { refusalRoutes } from './endpoints/refusals.ts';
import { registrationRoutes } from './endpoints/registration.ts';
import { resourceRoutes } from './endpoints/resources.ts';
import { registerRptRefresh } from './grants/refresh-rpt.ts';
import { registerUmaGrant } from './grants/uma-ticket.ts';
import type { Route } from './http/router.ts';
import type { Model } from './model/model.ts';
import { createOverlapEnds } from './overlap-ends.ts';
import { createPages } from './pages/pages.ts';
import { createDeviceFlow } from './provider/device-flow.ts';
import type { Credentials } from './provider/issued-tokens.ts';
import { openProvider } from './provider/open-provider.ts';
import { createPresentedTokens } from './provider/presented-token.ts';
import { createProofs } from './provider/proofs.ts';
import { openServerKeys } from './provider/server-keys.ts';

export interface ServerParts {
  issuer: string;
  /** Where the owner's pages and the owner API are: the issuer, unless that is a path on somebody else's port. */
  pages: string;
  store: GatewayStore;
  model: Model;
  credentials: Credentials;
  rateLimits: boolean;
  /** A new signing key takes the place of the one there is. */
  rotateKey: boolean;
  /** What the server shows over TLS now, where it does. */
  certificate?(): { fingerprint: string; made: boolean; expiresAt: number };
  /** Other computers come without TLS. */
  notEncrypted: boolean;
  nowMs(): number;
  log(line: string): void;
}

/** Apart, because they may have different addresses: what programs call, and what owners open. */
export interface Routes {
  protocol: Route[];
  owners: Route[];
  signingKey: string;
  close(): void;
}

export async function createRoutes(parts: ServerParts): Promise<Routes> {
  const { issuer, pages, model, credentials } = parts;
  const { nowSeconds } = model;
  const keys = await openServerKeys(parts.store, { nowSeconds, rotate: parts.rotateKey, log: parts.log });
  const isKnown = (clientId: string) =>
    model.devices.claimed(clientId) || model.gateways.get(clientId)?.owner !== undefined;
  const proofs = createProofs({ nowMs: parts.nowMs, isKnown });
  const deviceFlow = createDeviceFlow({ ...credentials, model });
  const provider = await openProvider({ ...parts, keys, proofs, deviceFlow });
  const { rateLimits } = parts;
  const grants = { ...provider, clients: credentials.clients, issuer, pages, model, credentials, keys, rateLimits };
  registerUmaGrant(grants);
  registerRptRefresh(grants);
  const presented = createPresentedTokens({ ...credentials, proofs, gateways: model.gateways });
  const protection = { issuer, model, presented, issued: credentials.issued, tickets: credentials.tickets };
  const events = createEventEndpoint({ model, presented });
  const { endClient } = credentials.issued;
  const overlapEnds = createOverlapEnds({ ...parts, model });
  const protocol = [
    ...clientEndpointRoutes({ issuer, forward: provider.forward, presented, rpts: credentials.rpts }),
    ...registrationRoutes({ ...parts, clients: credentials.clients, endClient, presented, proofs }),
    ...resourceRoutes(protection),
    ...permissionRoutes(protection),
    ...endRoutes(protection),
    ...gatewayDeviceRoutes({ ...protection, pcts: credentials.pcts }),
    ...inFlowRoutes({ ...protection, limiter: reportLimiter(parts) }),
    ...refusalRoutes({ ...protection, limiter: reportLimiter(parts) }),
    ...deviceKeyRoutes({ ...parts, clients: credentials.clients, proofs, overlapEnds }),
    ...events.routes,
  ];
  const verifyOwnerToken = async (request: Parameters<typeof presented.authority>[0]) => presented.authority(request);
  const api = createOwnerApi({ ...parts, codes: deviceFlow, verifyOwnerToken, signingKey: keys.thumbprint });
  const owners = [
    ...api.routes,
    ...claimsRoutes({ pages, model, ...credentials, signIn: api.signIn }),
    ...createPages({ model, pages, codes: deviceFlow, connection: parts, ...api }),
  ];
  const close = () => {
    overlapEnds.close();
    events.close();
    api.close();
  };
  const described = discoveryRoutes({ issuer, pages, publicJwks: keys.publicJwks, hasOwner: model.owners.any });
  return { protocol: [...described, ...refusesAsProtocol(protocol)], owners, signingKey: keys.thumbprint, close };
}

/** Of what gateways tell: enough for deploys in a row, and too little to keep the disk busy. */
function reportLimiter({ nowMs, rateLimits: enabled }: ServerParts) {
  return createAttemptLimiter({ burst: 20, everyMs: 3_000, nowMs, enabled });
}

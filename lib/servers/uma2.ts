import { ResourceNotFoundError } from '../uma/errors.ts';
import { requestTicket } from '../uma/permission-ticket.ts';
import { createResource, deleteResource, updateResource } from '../uma/resource-registration.ts';
import type { RptReading } from '../uma/rpt.ts';
import { requestRpt } from '../uma/rpt-grant.ts';
import type { RptGranted } from '../uma/rpt-outcome.ts';
import type {
  AuthorizationServer,
  ClientRole,
  ResourceDescription,
  ResourceServerRole,
  RptAsk,
  RptOutcome,
} from './authorization-server.ts';
import type { DeviceClients } from './device-clients.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';

export interface Uma2Parts {
  link: Link;
  clientOf: DeviceClients;
  protection: Protection;
  /** @throws where the server's tokens cannot be read yet */
  reading(): RptReading;
  nowMs(): number;
}

/** Where the server does not say how long an RPT lives. */
const USUAL_LIFE_SECONDS = 60;

/** What every UMA 2.0 server does alike: giving RPTs to clients, and keeping resources and tickets for a resource server. */
export function createUma2Server(parts: Uma2Parts): Pick<AuthorizationServer, 'client' | 'resourceServer'> {
  const resourceServer = createResourceServerRole(parts);
  return { client: createClientRole(parts, resourceServer), resourceServer };
}

function createClientRole({ link, clientOf, nowMs }: Uma2Parts, resourceServer: ResourceServerRole): ClientRole {
  return {
    async requestRpt(device, ask, signal) {
      const client = await clientOf(device, signal);
      const ticket =
        'ticket' in ask ? ask.ticket : (await resourceServer.requestTicket(ask.permissions, signal)).ticket;
      const outcome = await requestRpt(client, { ticket }, link.http(signal));
      if (outcome.kind === 'granted') return grantedAt(nowMs(), outcome, ask);
      return outcome.kind === 'denied' ? { kind: 'denied' } : outcome;
    },
  };
}

/** What was granted is told by most servers; where it is not, it is what was asked for (UMA Grant 3.3.5). */
function grantedAt(nowMs: number, outcome: RptGranted, ask: RptAsk): RptOutcome {
  const { kind, rpt, tokenType, expiresInSeconds = USUAL_LIFE_SECONDS, permissions } = outcome;
  const asked = 'permissions' in ask ? ask.permissions : [];
  return {
    kind,
    rpt,
    tokenType,
    expiresAt: Math.floor(nowMs / 1000) + expiresInSeconds,
    permissions: permissions ?? asked,
  };
}

function createResourceServerRole({ link, protection, reading }: Uma2Parts): ResourceServerRole {
  async function create(resource: ResourceDescription): Promise<string> {
    const registration = await protection.call((api) => createResource(api, described(resource), link.http()));
    return registration.id;
  }

  async function update(id: string, resource: ResourceDescription): Promise<string | undefined> {
    try {
      return (await protection.call((api) => updateResource(api, id, described(resource), link.http()))).id;
    } catch (error) {
      if (error instanceof ResourceNotFoundError) return undefined;
      throw error;
    }
  }

  return {
    get rptReading() {
      return reading();
    },
    async requestTicket(permissions, signal) {
      const ticket = await protection.call((api) => requestTicket(api, permissions, link.http(signal)), signal);
      return { ticket, asUri: link.issuer };
    },
    /** A resource that the server has lost is registered again, under another id. */
    async keep(resource) {
      const kept = resource.id === undefined ? undefined : await update(resource.id, resource);
      return kept ?? create(resource);
    },
    async forget(resource) {
      try {
        await protection.call((api) => deleteResource(api, resource, link.http()));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundError)) throw error;
      }
    },
  };
}

function described({ name, type, scopes, iconUri }: ResourceDescription) {
  return { name, scopes, ...(type !== undefined && { type }), ...(iconUri !== undefined && { iconUri }) };
}

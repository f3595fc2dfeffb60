/** The `uma-ticket` grant (UMA Grant 3.3): a ticket and a proof against a requesting party token, or a reason. */
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';
import type { DpopAccepted } from '../../proof/index.ts';
import { sha256 } from '../model/ids.ts';
import type { Model } from '../model/model.ts';
import type { RptRecord } from '../model/rpts.ts';
import type { Ticket, Tickets } from '../model/tickets.ts';
import type { ProviderRequests } from '../provider/client-authentication.ts';
import { type ClientRecord, umaGrantType } from '../provider/client-records.ts';
import type { ProviderLibrary } from '../provider/load.ts';
import { decide, type Verdict } from './decide.ts';
import { issueRpt, type RptParts } from './issue-rpt.ts';
import { type Outcome, writeOutcome } from './uma-answer.ts';

export interface UmaGrantParts extends RptParts {
  provider: Provider;
  errors: ProviderLibrary['errors'];
  requests: ProviderRequests;
  clients: { get(clientId: string): ClientRecord | undefined };
  model: Model;
  tickets: Tickets;
}

export interface UmaParameters {
  ticket?: string;
  claim_token?: string;
  claim_token_format?: string;
  rpt?: string;
  scope?: string;
}

const parameters = ['ticket', 'claim_token', 'claim_token_format', 'pct', 'rpt', 'scope'];

export function registerUmaGrant(parts: UmaGrantParts): void {
  const { provider, errors, requests, clients, model } = parts;
  provider.registerGrantType<UmaParameters>(
    umaGrantType,
    async (ctx: TokenEndpointGrantContext<UmaParameters>) => {
      const proof = requests.getStore()?.proof;
      const client = clients.get(ctx.oidc.client.clientId);
      if (proof === undefined || client === undefined) throw new errors.InvalidDpopProof('the DPoP proof is missing');
      const { params } = ctx.oidc;
      checkParameters(errors, params);
      // After the last await but that for the disk: all that follows happens in one step, or not at all.
      const outcome = await model.transaction(() => answerTicket(parts, params, client, proof));
      writeOutcome(parts, ctx, outcome);
    },
    parameters,
  );
}

function checkParameters(errors: ProviderLibrary['errors'], params: UmaParameters): void {
  if (!params.ticket) throw new errors.InvalidRequest('the parameter ticket is missing');
  if ((params.claim_token === undefined) !== (params.claim_token_format === undefined)) {
    throw new errors.InvalidRequest('claim_token and claim_token_format come together');
  }
}

/** Proof, ticket, decision, token and its shadow: taken, made and stored with nothing in between. */
function answerTicket(parts: UmaGrantParts, params: UmaParameters, client: ClientRecord, proof: DpopAccepted): Outcome {
  const { model, tickets, credentials } = parts;
  if (!proof.commit()) return { kind: 'proof-used' };
  const ticket = tickets.take(params.ticket ?? '', client.clientId);
  if (ticket === undefined) return { kind: 'ticket-unknown' };
  noteSeen(model, client.clientId);
  const earlier = ownRpt(credentials.rpts.get(sha256(params.rpt ?? '')), client, ticket);
  const verdict = decide(model, {
    device: client.clientId,
    ticket,
    scopes: words(params.scope),
    registeredScopes: words(client.scope),
    earlier,
  });
  if (verdict.kind === 'granted') return issued(parts, verdict, { client, ticket, jkt: proof.thumbprint, earlier });
  if (verdict.kind !== 'unclaimed' && verdict.kind !== 'asked') return verdict;
  return { kind: verdict.kind, ticket: tickets.issue({ ...ticket, client: client.clientId }) };
}

/** Once a minute is enough for an owner who looks when a device was last there. */
function noteSeen({ devices, nowSeconds }: Model, clientId: string): void {
  const device = devices.get(clientId);
  const now = nowSeconds();
  if (device !== undefined && now - (device.lastSeen ?? 0) >= 60) devices.put({ ...device, lastSeen: now });
}

interface Asker {
  client: ClientRecord;
  ticket: Ticket;
  jkt: string;
  earlier: RptRecord | undefined;
}

function issued(parts: UmaGrantParts, verdict: Verdict & { kind: 'granted' }, asker: Asker): Outcome {
  const { owner, permissions, expiresAt, upgraded } = verdict;
  const { client, ticket, jkt, earlier } = asker;
  const content = { device: client.clientId, gateway: ticket.gateway, owner, jkt, expiresAt, permissions };
  const token = issueRpt(parts, content, upgraded ? earlier : undefined);
  return { kind: 'issued', token, expiresIn: expiresAt - parts.model.nowSeconds(), upgraded };
}

/** Only a token of the same client for the same resource server can be upgraded; any other is left alone. */
function ownRpt(rpt: RptRecord | undefined, client: ClientRecord, ticket: Ticket): RptRecord | undefined {
  return rpt?.device === client.clientId && rpt.gateway === ticket.gateway ? rpt : undefined;
}

function words(scope: string | undefined): string[] {
  return scope?.split(' ').filter(Boolean) ?? [];
}

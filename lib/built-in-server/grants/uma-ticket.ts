/** The `uma-ticket` grant (UMA Grant 3.3): a ticket and a proof against a requesting party token, or a reason. */
import type Provider from 'oidc-provider';
import type { TokenEndpointGrantContext } from 'oidc-provider';
import type { DpopAccepted } from '../../proof/index.ts';
import { sha256 } from '../model/ids.ts';
import type { Model } from '../model/model.ts';
import type { RptRecord } from '../model/rpts.ts';
import type { Ticket } from '../model/tickets.ts';
import type { ProviderRequests } from '../provider/client-authentication.ts';
import { type ClientRecord, umaGrantType } from '../provider/client-records.ts';
import type { Credentials } from '../provider/issued-tokens.ts';
import type { ProviderLibrary } from '../provider/load.ts';
import { decide, type Verdict } from './decide.ts';
import { areTooMany, issueRefreshToken, issueRpt, type RptParts } from './issue-rpt.ts';
import { type AnswerParts, type Outcome, writeOutcome } from './uma-answer.ts';

export interface UmaGrantParts extends RptParts, Pick<AnswerParts, 'pages'> {
  provider: Provider;
  errors: ProviderLibrary['errors'];
  requests: ProviderRequests;
  clients: { get(clientId: string): ClientRecord | undefined };
  model: Model;
  credentials: Credentials;
}

export interface UmaParameters {
  ticket?: string;
  claim_token?: string;
  claim_token_format?: string;
  pct?: string;
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
  const { model, credentials } = parts;
  const { tickets } = credentials;
  // The key may have given way to another since the client showed it: nothing is bound to the old one any more.
  if (proof.thumbprint !== client.thumbprint || !proof.commit()) return { kind: 'proof-used' };
  const ticket = tickets.take(params.ticket ?? '', client.clientId);
  if (ticket === undefined) return { kind: 'ticket-unknown' };
  noteSeen(model, client.clientId);
  const person = personBehind(parts, params, client, ticket);
  const earlier = ownRpt(credentials.rpts.get(sha256(params.rpt ?? '')), client, ticket, person);
  const verdict = decide(model, {
    device: client.clientId,
    person,
    canAskPerson: (client.claimsRedirectUris ?? []).length > 0,
    ticket,
    scopes: words(params.scope),
    registeredScopes: words(client.scope),
    earlier,
  });
  if (verdict.kind === 'granted' && areTooMany(parts, verdict)) return { kind: 'too-many' };
  if (verdict.kind === 'granted')
    return issued(parts, verdict, { client, ticket, jkt: proof.thumbprint, earlier, person, pct: params.pct });
  if (!goesOn(verdict)) return verdict;
  return { kind: verdict.kind, ticket: tickets.issue({ ...ticket, client: client.clientId }) };
}

/** Answers after which the process goes on, with a ticket that only this client can use (UMA Grant 5.5). */
function goesOn(verdict: Verdict): verdict is Verdict & { kind: 'unclaimed' | 'person-unknown' | 'asked' } {
  return verdict.kind === 'unclaimed' || verdict.kind === 'person-unknown' || verdict.kind === 'asked';
}

/** What the claims page was told, or what a PCT of this very client says (UMA Grant 5.2); of nobody who has gone. */
function personBehind(
  { model, credentials }: UmaGrantParts,
  { pct }: UmaParameters,
  { clientId }: ClientRecord,
  ticket: Ticket,
): string | undefined {
  const kept = pct === undefined ? undefined : credentials.pcts.get(sha256(pct));
  const name = ticket.person ?? (kept?.client === clientId ? kept.person : undefined);
  return name === undefined ? undefined : model.owners.byName(name)?.name;
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
  person: string | undefined;
  pct: string | undefined;
}

function issued(parts: UmaGrantParts, verdict: Verdict & { kind: 'granted' }, asker: Asker): Outcome {
  const { owner, permissions, expiresAt, upgraded } = verdict;
  const { client, ticket, jkt, earlier, person } = asker;
  const about = {
    device: client.clientId,
    gateway: ticket.gateway,
    owner,
    ...(person === undefined ? {} : { person }),
  };
  const content = { ...about, jkt, expiresAt, permissions };
  const token = issueRpt(parts, content, upgraded ? earlier : undefined);
  // What is for one message is not renewed: a second token would be for a second one.
  const refreshes = client.grantTypes.includes('refresh_token') && !permissions.some(({ once }) => once);
  return {
    kind: 'issued',
    token,
    expiresIn: expiresAt - parts.model.nowSeconds(),
    upgraded,
    ...(person === undefined ? {} : { pct: nextPct(parts, asker, person) }),
    ...(refreshes ? { refreshToken: issueRefreshToken(parts, content) } : {}),
  };
}

/** A PCT is good for one grant, and the grant gives the next. */
function nextPct({ credentials: { pcts } }: UmaGrantParts, { client, pct }: Asker, person: string): string {
  if (pct !== undefined && pcts.get(sha256(pct))?.client === client.clientId) pcts.remove(sha256(pct));
  return pcts.issue(client.clientId, person);
}

/** Only a token of the same client and requesting party for the same resource server can be upgraded; any other is left alone. */
function ownRpt(
  rpt: RptRecord | undefined,
  { clientId }: ClientRecord,
  { gateway }: Ticket,
  person: string | undefined,
): RptRecord | undefined {
  return rpt?.device === clientId && rpt.gateway === gateway && rpt.person === person ? rpt : undefined;
}

function words(scope: string | undefined): string[] {
  return scope?.split(' ').filter(Boolean) ?? [];
}

import { parseCompactJws } from '../../proof/compact-jws.ts';
import { addressKey, createAttemptLimiter } from '../api/attempt-limiter.ts';
import { json, Refusal } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import { needsEncryption } from '../http/needs-encryption.ts';
import { fromLoopback, type Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import { metadataOf } from '../provider/client-records.ts';
import type { PresentedTokens } from '../provider/presented-token.ts';
import { type Proofs, proofRefusal } from '../provider/proofs.ts';
import { type RegistrationParts, register, type Sponsor } from '../provider/registration.ts';
import { type ClientMetadataWish, readClientMetadata } from '../provider/registration-metadata.ts';

export interface RegistrationEndpointParts extends RegistrationParts {
  model: Model;
  presented: PresentedTokens;
  proofs: Proofs;
  nowMs(): number;
  rateLimits: boolean;
}

/**
 * Dynamic client registration (RFC 7591 3), for gateways and devices: openly from this computer (devices from elsewhere
 * too, while an owner adds one), with a gateway's protection token and proof, or with an owner's registration token. A proof by the registered key itself, sent along,
 * lets a client whose answer was lost ask again.
 */
export function registrationRoutes(parts: RegistrationEndpointParts): Route[] {
  const { nowMs, rateLimits } = parts;
  const limiter = createAttemptLimiter({ burst: 60, everyMs: 1000, nowMs, enabled: rateLimits });
  return [
    {
      method: 'POST',
      path: '/reg',
      overhearable: true,
      async handle(request) {
        if (request.overheard && request.headers.authorization !== undefined) return needsEncryption(request);
        const how = callerOf(parts, request);
        if (how.kind === 'open') limiter.count(addressKey(request.remoteAddress));
        const body = withProvedKey(request, asObject(await request.json()), how);
        const wish = readClientMetadata(body, how.usually);
        if (how.kind === 'open' && wish.kind === 'gateway' && !fromLoopback(request)) throw needsToken();
        const sponsor = sponsorOf(parts, request, how, wish);
        const client = await parts.model.transaction(() => register(parts, wish, sponsor, request.remoteAddress));
        return json(201, metadataOf(parts.clients.get(client.clientId) ?? client));
      },
    },
  ];
}

type Caller = { usually: ClientMetadataWish['kind'] } & (
  | { kind: 'open' }
  | { kind: 'gateway'; gateway: string; owner: string }
  | { kind: 'token'; token: string; owner: string }
);

/** Whoever may not register at all is told before the body is looked at. */
function callerOf(parts: RegistrationEndpointParts, request: Request): Caller {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    if (fromLoopback(request) || parts.model.openRegistration.isOpen()) return { kind: 'open', usually: 'device' };
    throw needsToken();
  }
  const bearer = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
  if (bearer === undefined) {
    const { client, owner } = parts.presented.protection(request);
    return { kind: 'gateway', gateway: client.clientId, owner, usually: 'device' };
  }
  const found = parts.model.registrationTokens.find(bearer);
  if (found === undefined) throw registrationDenied('the registration token is unknown, used up or too old');
  return { kind: 'token', token: bearer, owner: found.owner, usually: found.for };
}

function sponsorOf(parts: RegistrationEndpointParts, request: Request, how: Caller, wish: ClientMetadataWish): Sponsor {
  if (how.kind === 'gateway') return how;
  const proved = provesKey(parts, request, wish.thumbprint);
  if (how.kind === 'open') return { kind: 'nobody', proved };
  if (wish.kind !== how.usually) {
    throw new Refusal(400, 'invalid_client_metadata', `this registration token is for a ${how.usually}`);
  }
  const take = () => parts.model.registrationTokens.take(how.token) !== undefined;
  return { kind: 'token', owner: how.owner, proved, take };
}

/**
 * A client that sends no key has its first one pinned: that of its proof (server.md, Devices). Whether the proof is good is
 * judged with all others, and a gateway's proof is by its own key, never by that of the device it registers.
 */
function withProvedKey({ headers }: Request, body: Record<string, unknown>, how: Caller): Record<string, unknown> {
  if (body.jwks !== undefined || body.jwks_uri !== undefined) return body;
  const jwk = how.kind === 'gateway' ? undefined : parseCompactJws(String(headers.dpop ?? ''))?.header.jwk;
  if (jwk !== undefined) return { ...body, jwks: { keys: [jwk] } };
  const way =
    how.kind === 'gateway' ? 'send that of the device in jwks' : 'send it in jwks, or send a DPoP proof by it';
  throw new Refusal(400, 'invalid_client_metadata', `private_key_jwt needs a key: ${way}`);
}

/** A proof is optional here, but one that is sent must be good. */
function provesKey({ proofs }: RegistrationEndpointParts, request: Request, thumbprint: string): boolean {
  if (request.headers.dpop === undefined) return false;
  const verdict = proofs.check(request, { thumbprints: [thumbprint] });
  if (!verdict.ok) throw proofRefusal(verdict, proofs.nonce());
  return verdict.commit();
}

function needsToken(): Refusal {
  return registrationDenied('from another computer: with a registration token, or a device while its owner adds one');
}

function registrationDenied(description: string): Refusal {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return new Refusal(401, 'invalid_token', description, headers);
}

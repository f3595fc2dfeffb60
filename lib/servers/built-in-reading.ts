import { isJsonObject, isText } from '../uma/json-body.ts';
import type { Permission } from '../uma/permission.ts';
import type { RptFacts, RptReading } from '../uma/rpt.ts';
import { rptFacts } from '../uma/rpt-facts.ts';
import { ServerError } from './errors.ts';

export interface BuiltInReadingParts {
  issuer: string;
  /** The gateway's own `client_id`: the only audience whose tokens are for it. */
  audience: string;
  jwksUri: string;
  /** The one owner whose resources this gateway keeps. */
  owner?: string;
}

/**
 * How the built-in server's RPTs are read: `at+jwt` by ES256 (RFC 9068), with the permissions of UMA Federated
 * Authorization 5.1.1. All of a token or nothing: whatever this server would not write is refused as a whole, by a
 * ServerError `malformed_rpt` that `facts` throws.
 */
export function builtInReading({ issuer, audience, jwksUri, owner }: BuiltInReadingParts): RptReading {
  function facts(claims: object): RptFacts {
    const claim = wrongClaim(claims as Record<string, unknown>);
    if (claim !== undefined) throw malformed(claim, issuer);
    return { ...rptFacts(claims), ...(owner !== undefined && { owner }) };
  }
  const signed = { algorithms: ['ES256'], types: ['at+jwt'], lowerForm: true };
  return { kind: 'jwt', issuer, audience, ...signed, jwksUri, facts };
}

/** @returns the name of a claim that this server would not write so */
function wrongClaim({
  client_id,
  azp,
  sub,
  iat,
  exp,
  nbf,
  cnf,
  permissions,
}: Record<string, unknown>): string | undefined {
  const right: Record<string, boolean> = {
    client_id: isText(client_id),
    azp: azp === undefined || azp === client_id,
    sub: isText(sub),
    iat: isTime(iat),
    exp: isTime(exp) && isTime(iat) && exp >= iat,
    nbf: nbf === undefined,
    cnf: cnf === undefined || (isJsonObject(cnf) && isText(cnf.jkt)),
    permissions: Array.isArray(permissions) && permissions.every(isWholePermission),
  };
  return Object.keys(right).find((claim) => !right[claim]);
}

/** This server names the share that every permission rests on, its end, and what else limits it. */
function isWholePermission(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { resource_id, resource_scopes, exp, share, nbf, once, window_end } = value;
  const scoped = Array.isArray(resource_scopes) && resource_scopes.length > 0 && resource_scopes.every(isText);
  const limited = (once === undefined || once === true) && (window_end === undefined || isTime(window_end));
  return isText(resource_id) && scoped && isTime(exp) && isText(share) && nbf === undefined && limited;
}

function isTime(value: unknown): value is NonNullable<Permission['exp']> {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(claim: string, server: string): ServerError {
  return new ServerError('malformed_rpt', `The token’s claim ${claim} is not what this server writes`, {
    values: { server, claim },
  });
}

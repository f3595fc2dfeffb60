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

/** How the built-in server's RPTs are read: `at+jwt` by ES256 (RFC 9068), with the permissions of UMA Federated Authorization 5.1.1. */
export function builtInReading({ issuer, audience, jwksUri, owner }: BuiltInReadingParts): RptReading {
  const facts = (claims: object) => ({ ...readFacts(claims), ...(owner !== undefined && { owner }) });
  return { kind: 'jwt', issuer, audience, algorithms: ['ES256'], types: ['at+jwt'], jwksUri, facts };
}

/**
 * The facts of a verified token. All of it or nothing: whatever this server would not write is refused as a whole.
 *
 * @throws ServerError `malformed_rpt`
 */
function readFacts(claims: object): RptFacts {
  const { client_id, azp, sub, iat, exp, nbf, cnf, permissions } = claims as Record<string, unknown>;
  if (!isText(client_id)) throw malformed('client_id');
  if (azp !== undefined && azp !== client_id) throw malformed('azp');
  if (!isText(sub)) throw malformed('sub');
  if (!isTime(iat)) throw malformed('iat');
  if (!isTime(exp) || exp < iat) throw malformed('exp');
  if (nbf !== undefined) throw malformed('nbf');
  if (cnf !== undefined && !(isJsonObject(cnf) && isText(cnf.jkt))) throw malformed('cnf');
  if (!Array.isArray(permissions) || !permissions.every(isWholePermission)) throw malformed('permissions');
  return rptFacts(claims);
}

/** This server names the share that every permission rests on, and its end. */
function isWholePermission(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { resource_id, resource_scopes, exp, share, nbf } = value;
  const scoped = Array.isArray(resource_scopes) && resource_scopes.length > 0 && resource_scopes.every(isText);
  return isText(resource_id) && scoped && isTime(exp) && isText(share) && nbf === undefined;
}

function isTime(value: unknown): value is NonNullable<Permission['exp']> {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(claim: string): ServerError {
  return new ServerError('malformed_rpt', `The token’s claim ${claim} is not what this server writes`, {
    values: { claim },
  });
}

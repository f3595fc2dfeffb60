import { randomUUID } from 'node:crypto';
import { sha256 } from '../model/ids.ts';
import { announceEnded } from '../model/issued-tokens.ts';
import type { Model } from '../model/model.ts';
import type { RptRecord } from '../model/rpts.ts';
import { wirePermissions } from '../provider/adapter.ts';
import type { Credentials } from '../provider/issued-tokens.ts';
import type { ServerKeys } from '../provider/server-keys.ts';

export interface RptParts {
  issuer: string;
  model: Pick<Model, 'shares' | 'events' | 'nowSeconds'>;
  credentials: Pick<Credentials, 'rpts' | 'issued'>;
  keys: ServerKeys;
}

/** What is known before the token exists. */
export type RptContent = Omit<RptRecord, 'hash' | 'issuedAt'>;

/**
 * Signs a requesting party token (RFC 9068, RFC 9449 6.1) and stores its shadow; an upgraded one ends the one before.
 * Synchronous: call it in the transaction that decided.
 */
export function issueRpt(parts: RptParts, content: RptContent, earlier: RptRecord | undefined): string {
  const { model, credentials, keys } = parts;
  const record: RptRecord = { ...content, hash: '', issuedAt: model.nowSeconds() };
  const token = keys.signJwt('at+jwt', claimsOf(parts.issuer, record));
  credentials.rpts.put({ ...record, hash: sha256(token) });
  for (const { share } of record.permissions) if (share !== undefined) model.shares.touch(share);
  if (earlier) announceEnded(credentials.issued.endByHash(earlier.hash), record.issuedAt, model.events.add);
  return token;
}

function claimsOf(issuer: string, record: RptRecord): object {
  return {
    iss: issuer,
    aud: record.gateway,
    sub: record.device,
    client_id: record.device,
    azp: record.device,
    iat: record.issuedAt,
    exp: record.expiresAt,
    jti: randomUUID(),
    permissions: wirePermissions(record),
    cnf: { jkt: record.jkt },
  };
}

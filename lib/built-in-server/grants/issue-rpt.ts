import { randomUUID } from 'node:crypto';
import { MOST_LEEWAY_SECONDS } from '../../proof/dpop-check.ts';
import { newSecret, sha256 } from '../model/ids.ts';
import { announceEnded } from '../model/issued-tokens.ts';
import type { Model } from '../model/model.ts';
import { type RptRecord, refreshPrefix } from '../model/rpts.ts';
import { wirePermissions } from '../provider/adapter.ts';
import type { Credentials } from '../provider/issued-tokens.ts';
import type { ServerKeys } from '../provider/server-keys.ts';

export interface RptParts {
  issuer: string;
  model: Pick<Model, 'shares' | 'events' | 'nowSeconds'>;
  credentials: Pick<Credentials, 'rpts' | 'refreshes' | 'issued'>;
  keys: ServerKeys;
  rateLimits: boolean;
}

/** Far more than a device needs of tokens that live five minutes. */
const MOST_OF_SHARE = 50;
/** These live as long as their share. Whoever asks for another has lost the last one. */
const MOST_REFRESHES_OF_SHARE = 50;

/**
 * Of each the gateway is told by itself when its share changes: a device that asks without end must not make that, and its
 * own revocation, take long.
 */
export function areTooMany(
  { credentials, rateLimits }: Pick<RptParts, 'credentials' | 'rateLimits'>,
  { permissions }: Pick<RptRecord, 'permissions'>,
): boolean {
  const isFull = (share: string) => credentials.rpts.countOfShare(share) >= MOST_OF_SHARE;
  return rateLimits && permissions.some(({ share }) => share !== undefined && isFull(share));
}

/** What is known before the token exists. */
export type RptContent = Omit<RptRecord, 'hash' | 'issuedAt'>;

/**
 * Signs a requesting party token (RFC 9068, RFC 9449 6.1) and stores its shadow; an upgraded one ends the one before.
 * Synchronous: call it in the transaction that decided. A share for one message gives no other one until this one has
 * expired everywhere, with all the leeway that a gateway may give it.
 */
export function issueRpt(parts: RptParts, content: RptContent, earlier: RptRecord | undefined): string {
  const { model, credentials, keys } = parts;
  const record: RptRecord = { ...content, hash: '', issuedAt: model.nowSeconds() };
  const token = keys.signJwt('at+jwt', claimsOf(parts.issuer, record));
  credentials.rpts.put({ ...record, hash: sha256(token) });
  for (const { share, once, exp = record.expiresAt } of record.permissions)
    if (share !== undefined) model.shares.touch(share, once && exp + MOST_LEEWAY_SECONDS);
  if (earlier) announceEnded(credentials.issued.endByHash(earlier.hash), record.issuedAt, model.events.add);
  return token;
}

/**
 * A token that renews this one for as long as the shares behind it last (UMA Grant 3.6): it holds what was decided, is
 * bound to the same key, and ends with whatever ends one of the shares. Synchronous, as `issueRpt`.
 */
export function issueRefreshToken({ model, credentials }: RptParts, content: RptContent): string {
  const token = refreshPrefix + newSecret();
  const issuedAt = model.nowSeconds();
  const ends = content.permissions.flatMap(({ share }) => model.shares.get(share ?? '')?.conditions.until ?? []);
  const expiresAt = Math.min(issuedAt + refreshLifeSeconds, ...ends);
  for (const { share } of content.permissions)
    if (share !== undefined) credentials.refreshes.makeRoom(share, MOST_REFRESHES_OF_SHARE);
  credentials.refreshes.put({ ...content, issuedAt, expiresAt, hash: sha256(token) });
  return token;
}

const refreshLifeSeconds = 30 * 24 * 60 * 60;

function claimsOf(issuer: string, record: RptRecord): object {
  return {
    iss: issuer,
    aud: record.gateway,
    // The requesting party: the person, where one stands behind the device, else the device itself.
    sub: record.person ?? record.device,
    client_id: record.device,
    azp: record.device,
    iat: record.issuedAt,
    exp: record.expiresAt,
    jti: randomUUID(),
    permissions: wirePermissions(record),
    cnf: { jkt: record.jkt },
  };
}

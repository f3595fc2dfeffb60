/** Renewing a requesting party token (UMA Grant 3.6): what was decided goes on as it was, for as long as its shares do. */
import type { TokenEndpointGrantContext } from 'oidc-provider';
import type { DpopAccepted } from '../../proof/index.ts';
import { sha256 } from '../model/ids.ts';
import { type RptRecord, refreshPrefix } from '../model/rpts.ts';
import { rptRefreshGrantType } from '../provider/client-records.ts';
import { givenAgain } from './covered.ts';
import { areTooMany, issueRpt } from './issue-rpt.ts';
import type { UmaGrantParts } from './uma-ticket.ts';

interface RefreshParameters {
  refresh_token?: string;
}

/** The provider's own refresh tokens are those of gateways; a device's go to the grant that knows them. */
export function asRptRefresh(form: Record<string, string>): Record<string, string> {
  const isOurs = form.grant_type === 'refresh_token' && form.refresh_token?.startsWith(refreshPrefix);
  return isOurs ? { ...form, grant_type: rptRefreshGrantType } : form;
}

export function registerRptRefresh(parts: UmaGrantParts): void {
  const { provider, errors, requests, model } = parts;
  provider.registerGrantType<RefreshParameters>(
    rptRefreshGrantType,
    async (ctx: TokenEndpointGrantContext<RefreshParameters>) => {
      const proof = requests.getStore()?.proof;
      if (proof === undefined) throw new errors.InvalidDpopProof('the DPoP proof is missing');
      const device = ctx.oidc.client.clientId;
      const refreshToken = ctx.oidc.params.refresh_token ?? '';
      const renewed = await model.transaction(() => renew(parts, refreshToken, device, proof));
      if (renewed === 'proof-used') throw new errors.InvalidDpopProof('the DPoP proof was used before');
      if (renewed === 'too-many')
        throw new errors.InvalidGrant('too many tokens of this share are alive; use one of them');
      if (renewed === undefined)
        throw new errors.InvalidGrant('the refresh token is unknown, or its share has ended or does not hold now');
      const { token, expiresIn } = renewed;
      ctx.body = { access_token: token, token_type: 'DPoP', expires_in: expiresIn, refresh_token: refreshToken };
    },
    ['refresh_token', 'scope'],
  );
}

/** UMA Grant 3.6: nothing is assessed anew but the hour. Whatever else would have made a difference has ended the refresh token. */
function renew(parts: UmaGrantParts, refreshToken: string, device: string, proof: DpopAccepted) {
  const { credentials, model } = parts;
  if (!proof.commit()) return 'proof-used';
  const kept = credentials.refreshes.get(sha256(refreshToken));
  // RFC 9449 5: bound to the key it was given with, whatever key is registered now.
  if (kept?.device !== device || kept.jkt !== proof.thumbprint) return undefined;
  const now = model.nowSeconds();
  const given = kept.permissions.map((permission) => givenAgain(model, permission, device, now));
  // Hours come and go: outside them nothing is renewed, and the device may ask anew.
  const limited = given.flatMap((permission) => permission ?? []);
  if (limited.length < given.length) return undefined;
  const expiresAt = Math.min(kept.expiresAt, ...limited.map(({ exp }) => exp));
  const permissions = limited.map((permission) => ({ ...permission, exp: expiresAt }));
  if (areTooMany(parts, { permissions })) return 'too-many';
  const { hash: _, issuedAt: __, ...content }: RptRecord = { ...kept, expiresAt, permissions };
  return { token: issueRpt(parts, content, undefined), expiresIn: expiresAt - now };
}

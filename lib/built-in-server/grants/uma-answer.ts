import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderLibrary } from '../provider/load.ts';

/** What a ticket came to; whatever had to be stored is stored. */
export type Outcome =
  | { kind: 'issued'; token: string; expiresIn: number; upgraded: boolean; pct?: string; refreshToken?: string }
  | { kind: 'unclaimed' | 'person-unknown' | 'asked'; ticket: string }
  | { kind: 'denied' | 'not-now' | 'too-many' | 'scope-unknown' | 'ticket-unknown' | 'proof-used' };

/** How soon a device may ask again while it waits (UMA Grant 3.3.6). */
const askAgainSeconds = 5;

export interface AnswerParts {
  /** Where the owner's pages are. */
  pages: string;
  provider: Provider;
  errors: ProviderLibrary['errors'];
}

/**
 * Answers of UMA Grant 3.3.5 and 3.3.6. Those with members of UMA's own are written here and not thrown, because the
 * provider drops every member it does not know.
 */
export function writeOutcome(parts: AnswerParts, ctx: KoaContextWithOIDC, outcome: Outcome): void {
  if (outcome.kind === 'issued') {
    const { token, expiresIn, upgraded, pct, refreshToken } = outcome;
    ctx.body = {
      access_token: token,
      token_type: 'DPoP',
      expires_in: expiresIn,
      ...(upgraded ? { upgraded } : {}),
      ...(pct === undefined ? {} : { pct }),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    };
    return;
  }
  ctx.body = refusalBody(parts, outcome);
  ctx.status = 403;
}

function refusalBody({ pages, errors }: AnswerParts, outcome: Exclude<Outcome, { kind: 'issued' }>): object {
  switch (outcome.kind) {
    case 'proof-used':
      throw new errors.InvalidDpopProof('the DPoP proof was used before');
    case 'ticket-unknown':
      throw new errors.InvalidGrant('the ticket is unknown, used, expired or of another client');
    case 'scope-unknown':
      throw new errors.InvalidScope('a scope belongs to none of the resources of the ticket', '');
    case 'denied':
      return { error: 'request_denied', error_description: 'the owner has not allowed this' };
    case 'not-now':
      return { error: 'request_denied', error_description: 'the owner has allowed this, but not for now' };
    case 'too-many':
      return { error: 'request_denied', error_description: 'too many tokens of this share are alive; use one of them' };
    case 'asked': {
      const { ticket } = outcome;
      return {
        error: 'request_submitted',
        error_description: 'the owner has been asked',
        ticket,
        interval: askAgainSeconds,
      };
    }
    case 'person-unknown':
      return {
        error: 'need_info',
        error_description: 'this is shared with people: whoever uses this device has to say who they are',
        ticket: outcome.ticket,
        required_claims: [{ name: 'person', friendly_name: 'the person who uses this device' }],
        redirect_user: `${pages}/claims`,
      };
    case 'unclaimed':
      return {
        error: 'need_info',
        error_description:
          'this device has no owner yet: it shows its owner a code (scope device:claim), or its owner shares with it',
        ticket: outcome.ticket,
        required_claims: [{ name: 'owner', friendly_name: 'the owner of this device' }],
        redirect_user: `${pages}/device`,
      };
  }
}

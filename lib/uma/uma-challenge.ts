import { formatChallenge, parseChallenges } from './challenge.ts';
import { InvalidChallengeError } from './errors.ts';

/** How a resource server tells a client where to ask, and with which ticket (UMA Grant 3.2.1). */
export interface UmaChallenge {
  /** The authorization server's issuer. Compare it exactly with a known one before following it. */
  asUri: string;
  ticket: string;
  realm?: string;
}

/** The `Warning` header of a resource server that could not get a ticket (UMA Grant 3.2.2). Goes with a 403. */
export const SERVER_UNREACHABLE_WARNING = '199 - "UMA Authorization Server Unreachable"';

/** Writes the `WWW-Authenticate: UMA` challenge that goes with a 401 (UMA Grant 3.2.1). */
export function formatUmaChallenge({ realm, asUri, ticket }: UmaChallenge): string {
  return formatChallenge('UMA', { realm, as_uri: asUri, ticket });
}

/**
 * Reads the UMA challenges of a `WWW-Authenticate` header; those of other schemes are passed over. Mostly there is one;
 * a resource under several authorization servers may offer more, and none at all is an empty list.
 *
 * @throws {@link InvalidChallengeError} for a header that breaks the grammar, or a UMA challenge without `as_uri` or `ticket`
 */
export function readUmaChallenges(header: string): UmaChallenge[] {
  return parseChallenges(header)
    .filter(({ scheme }) => scheme === 'uma')
    .map(({ parameters }) => {
      const realm = parameters.get('realm');
      const challenge = { asUri: required(parameters, 'as_uri'), ticket: required(parameters, 'ticket') };
      return realm === undefined ? challenge : { ...challenge, realm };
    });
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw new InvalidChallengeError(`the UMA challenge has no ${name}`);
  return value;
}

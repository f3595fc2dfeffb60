import { InvalidResponseError } from './errors.ts';
import { isJsonObject, isText } from './json-body.ts';
import type { Permission, Seconds } from './permission.ts';
import { type Clock, hasStarted, readPermissions } from './permission-list.ts';
import type { RptFacts } from './rpt.ts';

/**
 * Reads what an RPT says, from its introspection response (Federated Authorization 5.1.1) or, where it is a JWT of the
 * same claims (RFC 9068 2.2), from those. Nothing is verified here.
 *
 * What is not said is taken at its worst: without `exp` the last permission's end counts, without `iat` the token counts
 * as the oldest of all, so that any later denial covers it, and before its `nbf` it permits nothing. A top-level `scope`
 * permits nothing ever.
 *
 * @throws {@link InvalidResponseError} where `permissions` is not what it should be, or there is no end
 */
export function rptFacts(claims: object, clock: Clock = {}): RptFacts {
  const { client_id, sub, iat, exp, nbf, cnf, permissions: list } = claims as Record<string, unknown>;
  const permissions = readPermissions(list, clock);
  if (!permissions) throw new InvalidResponseError('the RPT has no valid list of permissions');
  const jkt = isJsonObject(cnf) ? cnf.jkt : undefined;
  return {
    ...(isText(client_id) && { device: client_id }),
    ...(isText(sub) && { requestingParty: sub }),
    ...(isText(jkt) && { jkt }),
    issuedAt: typeof iat === 'number' ? iat : 0,
    expiresAt: typeof exp === 'number' ? exp : lastEnd(permissions),
    permissions: hasStarted(nbf, clock) ? permissions : [],
  };
}

function lastEnd(permissions: Permission[]): Seconds {
  const ends = permissions.flatMap(({ exp }) => (exp === undefined ? [] : [exp]));
  if (ends.length > 0 && ends.length === permissions.length) return Math.max(...ends);
  throw new InvalidResponseError('the RPT does not say when it ends');
}

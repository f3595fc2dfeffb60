import { endpointOf } from './endpoint.ts';
import { InvalidArgumentError, InvalidResourceIdError, type UmaError } from './errors.ts';
import type { Answer, Http } from './exchange.ts';
import { isCredential } from './json-body.ts';
import type { Permission } from './permission.ts';
import { toWire } from './permission-list.ts';
import { callProtectionApi, type ProtectionApi } from './protection-api.ts';
import { answerOf } from './server-answer.ts';
import { bodyOf, invalid, refusalOf } from './token-response.ts';

/**
 * Gets one permission ticket for one or more permissions (Federated Authorization 4.1, 4.2). They are always sent as an
 * array, which every server of that edition takes; not all of them take the single object.
 *
 * @throws {@link InvalidArgumentError} for no permission, or one without scopes: the specification allows that, but there
 *   are servers that then give an RPT to anybody
 * @throws {@link InvalidResourceIdError}, {@link InvalidScopeError} (Federated Authorization 4.3), {@link RefusedError}
 * @throws {@link ProtectionTokenError}, {@link ProofRefusedError}, {@link InvalidResponseError}, {@link UnreachableError}
 */
export async function requestTicket(api: ProtectionApi, permissions: Permission[], http: Http): Promise<string> {
  if (permissions.length === 0 || permissions.some(({ scopes }) => scopes.length === 0)) {
    throw new InvalidArgumentError('a ticket needs at least one permission, each with at least one scope');
  }
  const url = endpointOf(api.server, 'permission_endpoint', http);
  const answer = await callProtectionApi(api, 'POST', url, http, permissions.map(toWire));
  if (answer.status !== 201) throw ticketRefusal(answer);
  const { ticket } = bodyOf(answer);
  if (!isCredential(ticket)) throw invalid(answer, 'ticket');
  return ticket;
}

function ticketRefusal(answer: Answer): UmaError {
  const response = answerOf(answer);
  return response.error === 'invalid_resource_id' ? new InvalidResourceIdError(response) : refusalOf(answer);
}

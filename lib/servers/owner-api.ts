import { ProtectionTokenError } from '../uma/errors.ts';
import type { Answer } from '../uma/exchange.ts';
import { isJsonObject, isText } from '../uma/json-body.ts';
import { callProtectionApi } from '../uma/protection-api.ts';
import { answerOf } from '../uma/server-answer.ts';
import { OwnerNotConnected, ServerError } from './errors.ts';
import type { HeldToken } from './held-token.ts';
import type { Link } from './link.ts';

/** The server's owner API (docs/owner-api.md), in the owner's name. */
export interface OwnerApi {
  /**
   * One call; the answer's status is a success.
   * @throws OwnerNotConnected without an owner's authority, or without enough of it
   * @throws ServerError `not_found`, `beyond_limit`, `refused` with the server's own sentence
   */
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer>;
}

export function createOwnerApi(link: Link, token: HeldToken): OwnerApi {
  type Call = Parameters<OwnerApi['call']>;

  async function send(access: string, [method, path, body]: Call): Promise<Answer> {
    const { server, dpop } = await link.client();
    const api = { server, token: access, ...(dpop && { dpop }) };
    return callProtectionApi(api, method, link.ownerUrl(path), link.http(), body);
  }

  async function sendTwice(call: Call): Promise<Answer> {
    const first = await token.get();
    try {
      return await send(first, call);
    } catch (error) {
      if (!isStale(error)) throw error;
      token.drop(first);
      return send(await token.get(), call);
    }
  }

  return {
    async call(...call) {
      try {
        return succeeded(await sendTwice(call), link.issuer);
      } catch (error) {
        throw error instanceof ProtectionTokenError ? notAllowed(error, link.issuer) : error;
      }
    },
  };
}

/** RFC 6750 3.1: 401 is about the token, 403 about what it may do, which a new one may not either. */
function isStale(error: unknown): boolean {
  return error instanceof ProtectionTokenError && error.response?.status === 401;
}

/** Beyond what the owner limited it to no new code helps: nobody is asked for one. */
function notAllowed({ response }: ProtectionTokenError, server: string): Error {
  if (response?.error !== 'beyond_limit') return new OwnerNotConnected();
  return new ServerError('beyond_limit', `${server} was told to let this gateway share other things only`);
}

function succeeded(answer: Answer, server: string): Answer {
  if (answer.status < 300) return answer;
  const { status, error = 'none', description = '' } = answerOf(answer);
  if (status === 404)
    throw new ServerError('not_found', `${server} has no such thing for this owner`, { values: { server } });
  const said = isJsonObject(answer.json) && isText(answer.json.hint) ? answer.json.hint : description;
  throw new ServerError('refused', `${server} refuses (${status} ${error})`, {
    hintKey: 'hint.server_refused',
    values: { server, error, sentence: said.slice(0, 500) || error },
  });
}

import { InvalidResponseError } from '../uma/errors.ts';
import type { Answer } from '../uma/exchange.ts';
import { isJsonObject, isStringArray, isText } from '../uma/json-body.ts';
import { callProtectionApi } from '../uma/protection-api.ts';
import { listResources } from '../uma/resource-registration.ts';
import { answerOf } from '../uma/server-answer.ts';
import type { EndedShare, EndOrder, EndReport } from './authorization-server.ts';
import { OwnerNotConnected } from './errors.ts';
import type { Link } from './link.ts';
import type { OwnerApi } from './owner-api.ts';
import type { Protection } from './protection-token.ts';

export interface EndParts {
  link: Link;
  protection: Protection;
  ownerApi: OwnerApi;
  /** Whose gateway this is, as the server names them. */
  ownerName(): string | undefined;
}

/**
 * Withdraws at the server what an order names; the same order again changes nothing and is answered the same.
 *
 * *Everything* is the owner's panic where this gateway may act so far, which the owner can take back. Where it may not,
 * the shares on its resources and of its devices end, for ever: stopping needs no authority.
 *
 * @throws UnreachableError, ServerError `not_joined`, `not_registered`; InvalidResponseError
 */
export function createEnd(parts: EndParts): (order: EndOrder, signal?: AbortSignal) => Promise<EndReport> {
  return async (order, signal) => {
    if (!('everything' in order.target)) return endTarget(parts, order, signal);
    const panicked = await panic(parts, order);
    if (panicked !== undefined) return panicked;
    const everything = parts.ownerName();
    if (everything === undefined) return endResources(parts, order, signal);
    return endTarget(parts, { ...order, target: { everything } }, signal);
  };
}

/**
 * The server hears "everything" by its owner's name. Where that never came up there is no device of this gateway either,
 * for each tells whose it is; so its resources are everything.
 */
async function endResources(parts: EndParts, order: EndOrder, signal?: AbortSignal): Promise<EndReport> {
  const { link, protection } = parts;
  const resources = await protection.call((api) => listResources(api, link.http(signal)), signal);
  const whole: EndReport = { at: order.at, ended: [], gateways: [], unconfirmed: [] };
  for (const resource of resources) {
    const report = await endTarget(parts, { ...order, id: `${order.id} ${resource}`, target: { resource } }, signal);
    whole.at = report.at;
    whole.ended.push(...report.ended);
    whole.gateways.push(...report.gateways);
    whole.unconfirmed.push(...report.unconfirmed);
  }
  return whole;
}

async function endTarget({ link, protection }: EndParts, order: EndOrder, signal?: AbortSignal): Promise<EndReport> {
  const { id, target, kind } = order;
  const body = { id, target, ...(kind && { kind }) };
  return protection.call(async (api) => {
    return readReport(await callProtectionApi(api, 'POST', link.url('/ends'), link.http(signal), body));
  }, signal);
}

/** @returns undefined without the owner's authority for it */
async function panic({ ownerApi }: EndParts, { id }: EndOrder): Promise<EndReport | undefined> {
  try {
    const answer = await ownerApi.call('POST', '/api/panic', { order: id });
    const { since } = isJsonObject(answer.json) ? answer.json : {};
    if (typeof since !== 'number') throw invalid(answer);
    const at = timeOf(answer) ?? since;
    return { at, ended: [], ...readConfirmations(answer) };
  } catch (error) {
    if (error instanceof OwnerNotConnected) return undefined;
    throw error;
  }
}

/** The server's clock when it answered (RFC 9110 6.6.1). */
function timeOf({ headers }: Answer): number | undefined {
  const ms = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

function readReport(answer: Answer): EndReport {
  const { at, ended } = answer.status === 200 && isJsonObject(answer.json) ? answer.json : {};
  if (typeof at !== 'number' || !Array.isArray(ended)) throw invalid(answer);
  return { at, ended: ended.map((share) => endedShareIn(share) ?? fail(answer)), ...readConfirmations(answer) };
}

function endedShareIn(value: unknown): EndedShare | undefined {
  if (!isJsonObject(value)) return undefined;
  const { share, device, resource, scopes } = value;
  const whole = isText(share) && isText(device) && isText(resource) && isStringArray(scopes);
  return whole ? { share, device, resource, scopes: [...scopes] } : undefined;
}

/** Who of the other gateways refuses from now on, and who has not said so. */
function readConfirmations(answer: Answer): Pick<EndReport, 'gateways' | 'unconfirmed'> {
  const { gateways, unconfirmed } = isJsonObject(answer.json) ? answer.json : {};
  if (!Array.isArray(gateways) || !isStringArray(unconfirmed)) throw invalid(answer);
  return { gateways: gateways.map((one) => confirmedIn(one) ?? fail(answer)), unconfirmed: [...unconfirmed] };
}

function confirmedIn(value: unknown): { id: string; ms: number } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, ms } = value;
  return isText(id) && typeof ms === 'number' ? { id, ms } : undefined;
}

function fail(answer: Answer): never {
  throw invalid(answer);
}

function invalid(answer: Answer): InvalidResponseError {
  return new InvalidResponseError('the server does not report what has ended', { response: answerOf(answer) });
}

import type { Message } from './host.ts';

/** Express' response, as far as a caller of core's `http in` waits for it. */
export interface HttpResponse {
  headersSent: boolean;
  /** The caller has gone. */
  destroyed: boolean;
  once(event: 'close', listener: () => void): void;
  status(code: number): HttpResponse;
  set(headers: Record<string, string>): HttpResponse;
  json(body: object): void;
}

/** The response behind `msg.res` of core's `http in`, where one is still waiting. */
export function waitingResponse(msg: Message): HttpResponse | undefined {
  try {
    return responseOf(msg);
  } catch {
    // It throws when it is looked at: Express' own does not.
    return undefined;
  }
}

function responseOf({ res }: Message): HttpResponse | undefined {
  if (typeof res !== 'object' || res === null || !('_res' in res)) return undefined;
  const response = res._res;
  return isResponse(response) && !response.headersSent && !response.destroyed ? response : undefined;
}

/** A flow may put anything under `msg.res`; what cannot be answered waits for no answer. */
function isResponse(value: unknown): value is HttpResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { once, status, set, json } = value as Record<string, unknown>;
  return [once, status, set, json].every((method) => typeof method === 'function');
}

/** Tells a caller to come back, instead of leaving it to its own time-out. */
export function answerRestarted(response: HttpResponse): void {
  if (response.headersSent) return;
  response
    .status(503)
    .set({ 'Retry-After': '1', 'Cache-Control': 'no-store' })
    .json({ error: 'temporarily_unavailable', error_description: 'The flow was restarted. Try again.' });
}

/**
 * A deploy drops every message that is on its way, so nothing downstream would ever answer an HTTP caller of ours.
 * @returns false where nobody waits
 */
export function answerWaitingCaller(msg: Message): boolean {
  const response = waitingResponse(msg);
  if (response) answerRestarted(response);
  return response !== undefined;
}

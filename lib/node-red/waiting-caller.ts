import type { Message } from './host.ts';

interface HttpResponse {
  headersSent: boolean;
  status(code: number): HttpResponse;
  set(headers: Record<string, string>): HttpResponse;
  json(body: object): void;
}

/** The response behind `msg.res` of core's `http in`, where one is still waiting. */
function responseOf(msg: Message): HttpResponse | undefined {
  const { res } = msg;
  if (typeof res !== 'object' || res === null || !('_res' in res)) return undefined;
  const response = res._res as HttpResponse | undefined;
  return response && !response.headersSent ? response : undefined;
}

/**
 * A deploy drops every message that is on its way, so nothing downstream would ever answer an HTTP caller of ours.
 * It is told to come back instead of being left to its own time-out.
 */
export function answerWaitingCaller(msg: Message): void {
  responseOf(msg)
    ?.status(503)
    .set({ 'Retry-After': '1', 'Cache-Control': 'no-store' })
    .json({ error: 'temporarily_unavailable', error_description: 'The flow was restarted. Try again.' });
}

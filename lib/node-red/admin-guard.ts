/** Who may call our routes under Node-RED's admin root, and from where. */
import type { NodeAPI } from 'node-red';

/** Express' own types, as Node-RED's name them. */
type RequestHandler = ReturnType<NodeAPI['auth']['needsPermission']>;
export type AdminRequest = Parameters<RequestHandler>[0];
type Response = Parameters<RequestHandler>[1];

/** A page of another site can send a form, but not this header without asking first. */
export const ADMIN_HEADER = 'x-uma-home';

/** `Sec-Fetch-Site` is sent on secure addresses only; elsewhere `Origin` tells a foreign page. */
function isForeign({ headers }: AdminRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function lacksMark(request: AdminRequest): boolean {
  if (request.headers[ADMIN_HEADER] === undefined) return true;
  // `is` gives null where there is no body at all.
  return request.method !== 'GET' && request.is('application/json') === false;
}

function sameOriginOnly(request: AdminRequest, response: Response, next: () => void): void {
  response.set('Cache-Control', 'no-store');
  if (isForeign(request)) response.status(403).json({ error: 'foreign_origin' });
  else if (lacksMark(request)) response.status(415).json({ error: 'unsupported_request' });
  else next();
}

/**
 * What stands before each of our routes. Node-RED allows every origin by CORS and lets everybody through where it has
 * no login, so the permission alone would open them to any page that a browser shows.
 */
export function guarded(RED: NodeAPI, permission: string): RequestHandler[] {
  return [RED.auth.needsPermission(permission), sameOriginOnly];
}

/** Has the editor a login? Without one nobody is shown a link that would make them the owner. */
export function hasLogin(RED: NodeAPI): boolean {
  return Boolean((RED.settings as { adminAuth?: unknown }).adminAuth);
}

type Answer = (request: AdminRequest) => Promise<object | undefined>;

/** Answers with JSON; `undefined` is 404. An error tells its code, never what it was made of. */
export function answering(answer: Answer): RequestHandler {
  return (request, response) => {
    answer(request).then(
      (found) => (found ? response.json(found) : response.status(404).json({ error: 'not_found' })),
      () => response.status(500).json({ error: 'internal_error' }),
    );
  };
}

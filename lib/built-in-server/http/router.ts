import { type Answer, Refusal } from './answer.ts';
import type { Request } from './request.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * `path` is literal but for `{name}` segments; `*` is what a browser sees where there is nothing else. A `page` is shown
 * only under the server's own name. What is `overhearable` is worth nothing to whoever reads along: bound to a device's
 * key, or public.
 */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly page?: true;
  readonly overhearable?: true;
  /** How large a body may be, where that is not the usual 64 kB. Asked before it is read, and before `handle`. */
  readonly mostBytes?: (request: Request) => number | undefined;
  handle(request: Request): Answer | Promise<Answer>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request. Throws 404 for a path nobody has, 405 with `Allow` for a wrong method
 * (UMA Federated Authorization 3.2), 400 for a path that cannot be decoded.
 */
export function createRouter(routes: readonly Route[]): (request: Request) => RouteMatch {
  const exact = groupByPath(routes.filter((route) => !route.path.includes('{')));
  const patterns = [...groupByPath(routes.filter((route) => route.path.includes('{')))].map(([path, group]) => ({
    segments: path.split('/'),
    group,
  }));
  const elsewhere = exact.get('*')?.get('GET');
  return (request) => {
    const literal = exact.get(request.path);
    if (literal) return { route: ofMethod(literal, request.method), params: {} };
    const segments = request.path.split('/');
    for (const pattern of patterns) {
      const params = matchSegments(pattern.segments, segments);
      if (params) return { route: ofMethod(pattern.group, request.method), params };
    }
    if (elsewhere && isBrowser(request)) return { route: elsewhere, params: {} };
    throw new Refusal(404, 'not_found', 'there is nothing at this address');
  };
}

/** A person follows a link; programs do not ask for pages. */
function isBrowser({ method, headers }: Request): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

type ByMethod = Map<string, Route>;

function groupByPath(routes: readonly Route[]): Map<string, ByMethod> {
  const groups = new Map<string, ByMethod>();
  for (const route of routes) {
    const group = groups.get(route.path) ?? new Map<string, Route>();
    if (group.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    groups.set(route.path, group.set(route.method, route));
  }
  return groups;
}

function ofMethod(group: ByMethod, method: string): Route {
  const route = group.get(method);
  if (route) return route;
  throw new Refusal(405, 'unsupported_method_type', 'this address has no such method', {
    allow: [...group.keys()].join(', '),
  });
}

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, expected] of pattern.entries()) {
    const found = segments[index] ?? '';
    if (expected.startsWith('{')) params.push([expected.slice(1, -1), decodeSegment(found)]);
    else if (expected !== found) return undefined;
  }
  return Object.fromEntries(params);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'invalid_request', 'the address cannot be decoded');
  }
}

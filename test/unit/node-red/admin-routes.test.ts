/** What Node-RED's admin root answers for us (security.md, Storage): each route guarded, and none that starts anything but what whoever may deploy could start by a flow. */
import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { serveClaimButton } from '../../../lib/node-red/admin-claim.ts';
import { serveRevokeButton } from '../../../lib/node-red/admin-revoke.ts';
import { serveServerForms } from '../../../lib/node-red/admin-server.ts';
import { serveSidebar } from '../../../lib/node-red/admin-sidebar.ts';

type Handler = (request: object, response: object, next: () => void) => void;

interface Route {
  method: string;
  path: string;
  handlers: [needsPermission: Handler & { permission?: string }, sameOriginOnly: Handler, ...rest: Handler[]];
}

function routesOf(): Route[] {
  const routes: Route[] = [];
  const adding =
    (method: string) =>
    (path: string, ...handlers: (Handler | Handler[])[]) =>
      routes.push({ method, path, handlers: handlers.flat() as Route['handlers'] });
  const methods = ['get', 'post', 'put', 'patch', 'delete', 'all', 'use'];
  const fakeRed = {
    httpAdmin: Object.fromEntries(methods.map((method) => [method, adding(method)])),
    auth: { needsPermission: (permission: string) => Object.assign(() => {}, { permission }) },
    settings: {},
  } as unknown as NodeAPI;
  serveServerForms(fakeRed);
  serveRevokeButton(fakeRed);
  serveClaimButton(fakeRed, { press: () => {}, standing: () => undefined });
  serveSidebar(fakeRed);
  return routes;
}

/** @returns the status of a refusal, or `passed` */
function guardAnswers(
  guard: Handler,
  method: string,
  headers: Record<string, string>,
  isJson: boolean | null,
): unknown {
  let answered: unknown;
  const response = {
    set: () => response,
    status(code: number) {
      answered = code;
      return response;
    },
    json: () => response,
  };
  const request = { method: method.toUpperCase(), headers, is: () => (isJson ? 'application/json' : isJson) };
  guard(request, response, () => {
    answered = 'passed';
  });
  return answered;
}

describe('our routes under the admin root', () => {
  it('are these and no others: they look, try or stop; whoever may deploy also answers a request or lets a device ask whose it is; none says whose, resumes or makes an owner', () => {
    const listed = routesOf().map(({ method, path, handlers }) => `${method} ${path} ${handlers[0].permission}`);
    assert.deepEqual(listed.sort(), [
      'get /uma-home/claims/:id flows.write',
      'get /uma-home/own-names flows.write',
      'get /uma-home/own-port flows.write',
      'get /uma-home/servers/:id flows.read',
      'get /uma-home/servers/:id/:list flows.read',
      'get /uma-home/servers/:id/set-up flows.write',
      'get /uma-home/sidebar/:id flows.read',
      'get /uma-home/sidebar/:id/:list flows.read',
      'post /uma-home/claims/:id flows.write',
      'post /uma-home/revoke/:id revoke.write',
      'post /uma-home/sidebar/:id/devices/:name/suspend flows.write',
      'post /uma-home/sidebar/:id/requests/:name/approve flows.write',
      'post /uma-home/sidebar/:id/requests/:name/deny flows.write',
      'post /uma-home/sidebar/:id/shares/:name/revoke flows.write',
      'post /uma-home/sidebar/:id/stop flows.write',
      'post /uma-home/test flows.write',
    ]);
  });

  it('each asks for a permission first, then for our header, JSON and the editor’s own page', () => {
    const own = { host: 'node-red:1880', 'x-uma-home': '1' };
    for (const { method, path, handlers } of routesOf()) {
      const guard = (headers: Record<string, string>, isJson: boolean | null = true) =>
        guardAnswers(handlers[1], method, headers, isJson);
      assert.equal(guard(own), 'passed', path);
      assert.equal(guard({ ...own, 'sec-fetch-site': 'same-origin' }), 'passed');
      for (const site of ['cross-site', 'same-site', 'none'])
        assert.equal(guard({ ...own, 'sec-fetch-site': site }), 403);
      assert.equal(guard({ ...own, origin: 'http://node-red:1880' }), 'passed');
      for (const origin of ['http://evil.example', 'http://node-red:1881', 'null'])
        assert.equal(guard({ ...own, origin }), 403, origin);
      assert.equal(guard({ host: own.host }), 415, 'a form of another site cannot send our header');
      if (method !== 'get') assert.equal(guard(own, false), 415, 'nor JSON');
    }
  });
});

/** What the editor's sidebar asks and does, for one server node. */
import type { NodeAPI } from 'node-red';
import type { Gateway } from '../gateway/gateway.ts';
import type { Receipt } from '../revocation/receipt.ts';
import type { Target } from '../servers/authorization-server.ts';
import type { Conditions } from '../sharing/share.ts';
import { answering, guarded, hasLogin } from './admin-guard.ts';
import { findServer } from './config-nodes.ts';
import { hintOf } from './flow-error.ts';
import { deviceName } from './naming.ts';
import { receiptSentence } from './revoke.ts';
import { SIDEBAR_LISTS } from './sidebar-lists.ts';
import { type Words, wordsOfForm } from './words.ts';

interface Asked {
  gateway: Gateway;
  words: Words;
  /** What the address names. */
  name: string;
  body: unknown;
  /** Has the editor a login? */
  login: boolean;
}

/** Does one thing and says in words what came of it. */
type Act = (asked: Asked) => Promise<string>;

/** Longer than any id of ours. */
const LONGEST_ID = 200;
const CONFIRM_WITHIN_MS = 1_000;
const HOUR_SECONDS = 3_600;

/** How long a yes holds, as the sidebar offers it. What is not understood must not become a yes for ever. */
const LIMITS: Record<string, (nowSeconds: number) => Conditions> = {
  always: () => ({}),
  once: () => ({ once: true }),
  hour: (now) => ({ until: now + HOUR_SECONDS }),
  day: (now) => ({ until: now + 24 * HOUR_SECONDS }),
  week: (now) => ({ until: now + 7 * 24 * HOUR_SECONDS }),
};

/** Without a login anybody may be who asks: to stop is all they may do here. */
class NoLogin extends Error {
  readonly code = 'no_login';
  readonly hint: { key: string; values: { server: string } };

  constructor(server: string) {
    super('the editor has no login');
    this.hint = { key: 'hint.no_login', values: { server } };
  }
}

class UnknownLimit extends Error {
  readonly code = 'unknown_limit';
  readonly hint = { key: 'hint.unknown_limit' };
}

/** A request that grew meanwhile has another id: only what was shown is allowed. */
const approve: Act = async ({ gateway, words, name, body, login }) => {
  if (!login) throw new NoLogin(gateway.pages);
  const { limit } = (body ?? {}) as { limit?: unknown };
  const conditions = typeof limit === 'string' && Object.hasOwn(LIMITS, limit) ? LIMITS[limit] : undefined;
  if (!conditions) throw new UnknownLimit();
  const limits = conditions(Math.floor(Date.now() / 1000));
  const owner = await gateway.owner();
  await owner.approve(name, Object.keys(limits).length > 0 ? { conditions: limits } : {});
  return words({ key: 'node.request_approved' });
};

const deny: Act = async ({ gateway, words, name }) => {
  await (await gateway.owner()).deny(name);
  return words({ key: 'node.request_denied' });
};

const suspend: Act = async ({ gateway, words, name }) => {
  const { state } = await gateway.suspend(name);
  return words({ key: `node.device_${state}`, values: { device: deviceName(gateway, name) } });
};

/** As a flow's *revoke* does, which needs no authority of an owner. Who has not confirmed yet is told on, and nobody waits. */
async function end(gateway: Gateway, target: Target, why: 'revoked' | 'panic'): Promise<Receipt> {
  const { receipt, later } = await gateway.revoke(target, { confirmWithinMs: CONFIRM_WITHIN_MS, why });
  later.catch(() => {});
  return receipt;
}

const takeBack: Act = async ({ gateway, words, name }) => {
  const { unconfirmed } = await end(gateway, { share: name }, 'revoked');
  return words({ key: unconfirmed.length === 0 ? 'node.taken_back' : 'node.taken_back_unconfirmed' });
};

const stopEverything: Act = async ({ gateway, words }) => {
  // A gateway belongs to one owner: everything is what that owner shared through it.
  const receipt = await end(gateway, { everything: gateway.connection }, 'panic');
  if (receipt.unconfirmed.length > 0) return words({ key: 'node.stopped_here', values: { server: gateway.pages } });
  return receiptSentence(words, gateway, receipt);
};

/** `done: false`: nothing happened, and the sentence says why. */
async function told(asked: Asked, act: Act): Promise<object> {
  try {
    return { done: true, sentence: await act(asked) };
  } catch (error) {
    return { done: false, sentence: asked.words(hintOf(error)) };
  }
}

function serveLists(RED: NodeAPI): void {
  RED.httpAdmin.get(
    '/uma-home/sidebar/:id',
    guarded(RED, 'flows.read'),
    answering(async ({ params }) => {
      const server = findServer(RED, String(params.id));
      const link = server?.uma.gateway()?.pages;
      return server && { topic: server.decisions.topic, login: hasLogin(RED), ...(link && { link }) };
    }),
  );
  RED.httpAdmin.get(
    '/uma-home/sidebar/:id/:list',
    guarded(RED, 'flows.read'),
    answering(async (request) => {
      const { params, query } = request;
      const words = wordsOfForm(request);
      const name = String(params.list);
      const list = Object.hasOwn(SIDEBAR_LISTS, name) ? SIDEBAR_LISTS[name] : undefined;
      const gateway = findServer(RED, String(params.id))?.uma.gateway();
      if (!list || !gateway) return undefined;
      try {
        return await list(gateway, words, typeof query.after === 'string' ? query.after : '');
      } catch (error) {
        return { items: [], hint: words(hintOf(error)) };
      }
    }),
  );
}

/**
 * Call once. To stop is anybody's who may deploy. To allow is, too, where the editor has a login: with a share node they
 * could as well, and it takes the authority that an owner gave this gateway. Nothing here claims, resumes or makes an owner.
 */
export function serveSidebar(RED: NodeAPI): void {
  // No admin root: Node-RED runs without an editor.
  if (!RED.httpAdmin) return;
  serveLists(RED);
  const serve = (path: string, act: Act): void => {
    RED.httpAdmin.post(
      `/uma-home/sidebar/:id/${path}`,
      guarded(RED, 'flows.write'),
      answering(async (request) => {
        const { params, body } = request;
        const gateway = findServer(RED, String(params.id))?.uma.gateway();
        const name = String(params.name ?? '');
        if (!gateway || name.length > LONGEST_ID) return undefined;
        return told({ gateway, words: wordsOfForm(request), name, body, login: hasLogin(RED) }, act);
      }),
    );
  };
  serve('requests/:name/approve', approve);
  serve('requests/:name/deny', deny);
  serve('shares/:name/revoke', takeBack);
  serve('devices/:name/suspend', suspend);
  serve('stop', stopEverything);
}

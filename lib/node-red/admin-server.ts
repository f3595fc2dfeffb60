/** What the forms ask while they are open: how a server stands, what it knows, and whether a setting would work. */
import type { NodeAPI } from 'node-red';
import type { Gateway, Standing } from '../gateway/gateway.ts';
import { deviceStateText } from '../sharing/device-state.ts';
import { shareSentence } from '../sharing/sentence.ts';
import { answering, guarded, hasLogin } from './admin-guard.ts';
import { findServer } from './config-nodes.ts';
import { hintOf } from './flow-error.ts';
import type { ServerConfig } from './gateway-settings.ts';
import { resourceName } from './naming.ts';
import { ownNames } from './own-names.ts';
import { refuseOwnPort } from './own-port.ts';
import { OWN_PATH } from './own-port-targets.ts';
import { testConnection } from './test-connection.ts';
import { type Words, wordsOfForm } from './words.ts';

interface Item {
  id: string;
  name: string;
  note?: string;
}

interface Listed {
  items: Item[];
  /** Why there is nothing to choose from, where that can be mended. */
  hint?: string;
}

function waitingFor(phase: string, sentence: string, code: { userCode: string; verificationUri: string }): object {
  return { phase, sentence, userCode: code.userCode, link: code.verificationUri };
}

/** How a connection stands, in words and with what an owner needs to go on; but for the link of {@link setUp}. */
function describe(standing: Standing, words: Words, login: boolean): object {
  const { phase } = standing;
  const sentence = (key: string): string => words({ key });
  switch (standing.phase) {
    case 'no-owner':
      return {
        phase,
        sentence: sentence('node.state_no_owner'),
        ...(login && standing.setUpLink && { hasSetUp: true }),
        ...(standing.userCode && { userCode: standing.userCode }),
      };
    case 'waiting-for-owner':
      return waitingFor(phase, sentence('node.state_waiting_for_owner'), standing);
    case 'ready':
      return standing.code
        ? waitingFor(phase, sentence('node.state_may_not_share'), standing.code)
        : { phase, sentence: sentence('node.state_ready') };
    case 'stopped':
      return { phase, sentence: sentence('node.state_stopped'), link: standing.link };
    case 'unreachable':
    case 'failed':
      return { phase, sentence: words(standing.error) };
    default:
      return { phase, sentence: sentence(`node.state_${phase}`) };
  }
}

/** The link that makes an owner, and the words for it. Only where the editor has a login, and for whoever may deploy. */
function setUp(standing: Standing, words: Words): object | undefined {
  if (standing.phase !== 'no-owner' || standing.setUpLink === undefined) return undefined;
  return { sentence: words({ key: 'node.state_no_owner_link' }), link: standing.setUpLink };
}

/** What the owner's page shows beside the code of a Node-RED that asks to be let in, so that it can be compared. */
function toCompare(state: object, words: Words, gateway: Gateway | undefined): object {
  if (!('userCode' in state) || !gateway) return {};
  return { fingerprint: words({ key: 'node.state_fingerprint', values: { fingerprint: gateway.keyFingerprint } }) };
}

/** Whoever opens the server's pages compares it with what the browser shows. */
function ofCertificate(words: Words, gateway: Gateway | undefined): object {
  if (gateway?.notEncrypted) return { certificate: words({ key: 'node.state_not_encrypted' }) };
  const fingerprint = gateway?.madeCertificate();
  return fingerprint === undefined
    ? {}
    : { certificate: words({ key: 'node.state_certificate', values: { fingerprint } }) };
}

/** Whether a server can be reached through Node-RED's own port, and what its address there ends with. */
function ownPortOffer(RED: NodeAPI, words: Words): object {
  try {
    refuseOwnPort(RED);
    return { path: OWN_PATH };
  } catch (error) {
    return { hint: words(hintOf(error)) };
  }
}

async function sharesOf(gateway: Gateway, words: Words): Promise<Listed> {
  const owner = await gateway.owner();
  const { items } = await owner.shares();
  return {
    items: items.map((share) => ({
      id: share.id,
      name: words(shareSentence(share, resourceName(gateway, share.resource, share.resourceName))),
    })),
  };
}

const LISTS: Record<string, (gateway: Gateway, words: Words) => Promise<Listed>> = {
  devices: async (gateway, words) => ({
    items: gateway.devices().map(({ clientId, name, state }) => ({
      id: clientId,
      name,
      note: words(deviceStateText(state, gateway.standing().phase === 'stopped')),
    })),
  }),
  resources: async (gateway, words) => ({
    items: gateway.resources().map(({ key, name, scopes }) => ({
      id: key,
      name,
      note: words({ key: 'node.resource_scopes', values: { scopes: scopes.join(' ') } }),
    })),
  }),
  shares: sharesOf,
};

async function list(RED: NodeAPI, words: Words, id: string, what: string): Promise<Listed | undefined> {
  const read = Object.hasOwn(LISTS, what) ? LISTS[what] : undefined;
  if (!read) return undefined;
  const gateway = findServer(RED, id)?.uma.gateway();
  if (!gateway) return { items: [], hint: words({ key: 'node.list_after_deploy' }) };
  try {
    return await read(gateway, words);
  } catch (error) {
    return { items: [], hint: words(hintOf(error)) };
  }
}

async function test(RED: NodeAPI, words: Words, body: unknown): Promise<object> {
  const { id, ...config } = (typeof body === 'object' && body !== null ? body : {}) as ServerConfig & { id?: string };
  const running = findServer(RED, id)?.uma;
  const steps: object[] = [];
  for await (const { step, ok, hint } of testConnection(RED, config, running))
    steps.push({ ok, step: words(step), ...(hint && { hint: words(hint) }) });
  return { steps };
}

/** Call once, with the server node's registration. */
export function serveServerForms(RED: NodeAPI): void {
  // No admin root: Node-RED runs without an editor.
  if (!RED.httpAdmin) return;
  const idOf = (params: Record<string, unknown>, name: string): string => String(params[name] ?? '');
  RED.httpAdmin.get(
    '/uma-home/servers/:id',
    guarded(RED, 'flows.read'),
    answering(async (request) => {
      const words = wordsOfForm(request);
      const connection = findServer(RED, idOf(request.params, 'id'))?.uma;
      if (!connection) return undefined;
      const state = describe(connection.standing(), words, hasLogin(RED));
      const gateway = connection.gateway();
      return { ...state, ...toCompare(state, words, gateway), ...ofCertificate(words, gateway) };
    }),
  );
  // Many who may look are nobody in particular (`default` in `adminAuth`), and to look is not to own.
  RED.httpAdmin.get(
    '/uma-home/servers/:id/set-up',
    guarded(RED, 'flows.write'),
    answering(async (request) => {
      const connection = hasLogin(RED) ? findServer(RED, idOf(request.params, 'id'))?.uma : undefined;
      return connection && setUp(connection.standing(), wordsOfForm(request));
    }),
  );
  RED.httpAdmin.get(
    '/uma-home/servers/:id/:list',
    guarded(RED, 'flows.read'),
    answering((request) => list(RED, wordsOfForm(request), idOf(request.params, 'id'), idOf(request.params, 'list'))),
  );
  RED.httpAdmin.get(
    '/uma-home/own-names',
    guarded(RED, 'flows.write'),
    answering(async () => ({ names: ownNames() })),
  );
  RED.httpAdmin.get(
    '/uma-home/own-port',
    guarded(RED, 'flows.write'),
    answering(async (request) => ownPortOffer(RED, wordsOfForm(request))),
  );
  // Reaches out to the address that was typed: as much as a deploy could do, so it asks for the same permission.
  RED.httpAdmin.post(
    '/uma-home/test',
    guarded(RED, 'flows.write'),
    answering((request) => test(RED, wordsOfForm(request), request.body)),
  );
}

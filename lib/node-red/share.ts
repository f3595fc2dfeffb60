/** share: the owner says yes, with the authority that an owner gave this gateway. */
import type { Gateway } from '../gateway/gateway.ts';
import type { OwnerRole } from '../servers/authorization-server.ts';
import { requestSentence, shareSentence } from '../sharing/sentence.ts';
import type { Share, ShareRequest } from '../sharing/share.ts';
import { connectionOf } from './config-nodes.ts';
import { FlowError } from './flow-error.ts';
import type { Arrival, Ending, Host } from './host.ts';
import { deviceId, nameOf, resourceId, resourceName, serverOf } from './naming.ts';
import { type ShareAction, type ShareSettings, wantedConditions, wantedScopes } from './share-settings.ts';

const OPENS_WITHIN_MS = 10_000;
/** A home has tens of shares; this ends a server that never says "that was all". */
const MOST_PAGES = 100;

interface Context {
  host: Host;
  arrival: Arrival;
  settings: ShareSettings;
  gateway: Gateway;
  owner: OwnerRole;
}

function sharePayload({ host, gateway }: Context, share: Share): Share & { sentence: string } {
  return {
    ...share,
    sentence: host.words(shareSentence(share, resourceName(gateway, share.resource, share.resourceName))),
  };
}

function requestPayload({ host }: Context, request: ShareRequest): ShareRequest & { sentence: string } {
  return { ...request, sentence: host.words(requestSentence(request)) };
}

function shared(context: Context, action: ShareAction, share: Share): Ending {
  const payload = sharePayload(context, share);
  context.arrival.msg.payload = payload;
  return { output: 1, uma: { action, share: share.id, sentence: payload.sentence }, phrase: 'shared' };
}

async function grant(context: Context): Promise<Ending> {
  const { host, arrival, settings, gateway, owner } = context;
  const { msg } = arrival;
  const device = await nameOf(host, msg, 'device', settings.device);
  const resource = await nameOf(host, msg, 'resource', settings.resource);
  const share = await owner.grant({
    party: { kind: 'device', id: deviceId(gateway, settings.device, device) },
    resource: resourceId(gateway, settings.resource, resource),
    scopes: await wantedScopes(host, msg, settings),
    conditions: await wantedConditions(host, msg, settings),
  });
  return shared(context, 'grant', share);
}

async function approve(context: Context): Promise<Ending> {
  const { host, arrival, settings, owner } = context;
  const id = await nameOf(host, arrival.msg, 'request', settings.request);
  const all = settings.scopes.type === 'all';
  const conditions = await wantedConditions(host, arrival.msg, settings);
  const limits = {
    ...(!all && { scopes: await wantedScopes(host, arrival.msg, settings) }),
    ...(Object.keys(conditions).length > 0 && { conditions }),
  };
  return shared(context, 'approve', await owner.approve(id, limits));
}

async function deny(context: Context): Promise<Ending> {
  const { host, arrival, settings, owner } = context;
  const id = await nameOf(host, arrival.msg, 'request', settings.request);
  await owner.deny(id);
  arrival.msg.payload = { id, denied: true };
  const sentence = host.words({ key: 'node.request_denied' });
  return { output: 1, uma: { action: 'deny', request: id, sentence }, phrase: 'refused' };
}

async function list(context: Context): Promise<Ending> {
  const shares: Share[] = [];
  let next: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await context.owner.shares(next);
    shares.push(...page.items);
    next = page.next;
    if (next === undefined) break;
  }
  context.arrival.msg.payload = shares.map((share) => sharePayload(context, share));
  const sentence = context.host.words({ key: 'node.shares_listed', values: { count: shares.length } });
  return { output: 1, uma: { action: 'list', count: shares.length, sentence }, phrase: 'listed' };
}

async function requests(context: Context): Promise<Ending> {
  const open = await context.owner.requests();
  context.arrival.msg.payload = open.map((request) => requestPayload(context, request));
  const sentence = context.host.words({ key: 'node.requests_listed', values: { count: open.length } });
  return { output: 1, uma: { action: 'requests', count: open.length, sentence }, phrase: 'listed' };
}

const ACTIONS: Record<Exclude<ShareAction, 'watch'>, (context: Context) => Promise<Ending>> = {
  grant,
  list,
  requests,
  approve,
  deny,
};

/** The server that the node belongs to: that of what it names, or its own setting. */
export function shareServers(host: Host, { server, action, device, resource }: ShareSettings): (string | undefined)[] {
  if (action !== 'grant') return [server];
  const named = [serverOf(host, 'device', device), serverOf(host, 'resource', resource)];
  return named.some(Boolean) ? named : [server];
}

/**
 * One message of share. Rejects with `OwnerNotConnected`, whose hint carries the link, where no owner gave this gateway
 * authority.
 */
export async function share(host: Host, arrival: Arrival, settings: ShareSettings): Promise<Ending> {
  const { action } = settings;
  // A node that watches has no input.
  if (!action || action === 'watch') throw new FlowError('unknown_action');
  const gateway = await connectionOf(host.red, shareServers(host, settings)).opened(OPENS_WITHIN_MS);
  const owner = await gateway.owner();
  return ACTIONS[action]({ host, arrival, settings, gateway, owner });
}

/**
 * Devices outside Node-RED, and their owner, who ask, use, share and revoke without a pause, whatever is killed
 * meanwhile. What was acknowledged is written into a ledger; what got no answer is unsure, and asked for again.
 */
import { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { eventually } from '../../flows/support/eventually.ts';
import type { FlowHome, OwnerCall } from '../../flows/support/flow-home.ts';
import { addressOf, patienceMs } from '../../flows/support/load.ts';
import { dishwasherPath, type OutsideDevice, outsideDevice, ticketOf } from '../../flows/support/outside-device.ts';
import { nowNs } from '../../flows/support/sent-log.ts';
import type { Seeded } from '../../support/seeded.ts';
import type { Held, Ledger } from './ledger.ts';

/** How an owner, or a flow, may end something. A token is ended by the device itself (RFC 7009). */
export type WayToEnd = 'node' | 'owner' | 'token';

export interface Household {
  members: Member[];
  /** Everybody acts; resolves to a stop that waits until everybody has come to rest. */
  begin(): { stop(): Promise<void> };
  /** Shares, asks and calls until it passes: proof that the home works. */
  passes(member: Member): Promise<void>;
}

export interface Member {
  device: OutsideDevice;
  from: string;
  choices: Seeded;
  share?: string;
  held?: Held;
  /** Tokens of shares that are over: tried again and again. */
  spent: Held[];
  /** An end that was asked for, and not answered. */
  ending?: { way: 'node' | 'owner'; share: string };
}

export interface HouseholdParts {
  home: FlowHome;
  ledger: Ledger;
  choices: Seeded;
  members: number;
  ways: readonly WayToEnd[];
  /** How many devices may come that are only claimed, ask and are denied. */
  newcomers: number;
}

const SPENT_KEPT = 5;
/** What a killed or starting home does to a caller. Anything else is a fault. */
const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ABORT_ERR', 'ETIMEDOUT']);

function isAway(fault: unknown): boolean {
  const { code, cause, name } = fault as { code?: string; cause?: unknown; name?: string };
  return AWAY.has(code ?? '') || name === 'TimeoutError' || (cause !== undefined && isAway(cause));
}

/** A server that has its port already and not yet its data answers 503, and nothing. */
function isStarting(fault: unknown): boolean {
  return /^Error: not (registered|shared): ""$/.test(String(fault));
}

function sharesIn(rpt: string): string[] {
  const claims = JSON.parse(Buffer.from(rpt.split('.')[1] ?? '', 'base64url').toString());
  return (claims.permissions as { share?: string }[]).flatMap(({ share }) => share ?? []);
}

export async function openHousehold(parts: HouseholdParts): Promise<Household> {
  const { home, ledger, choices, ways } = parts;
  const owner: OwnerCall = await home.owner();
  let resource = '';
  await eventually('the resource should be registered', async () => {
    resource = await home.resource('Dishwasher').catch(() => '');
    return resource !== '';
  });
  const members: Member[] = [];
  const agents: Agent[] = [];
  let newcomers = 0;
  for (let number = 0; number < parts.members; number += 1) {
    const device = await outsideDevice(home, `Member ${number}`, addressOf(number));
    members.push({ device, from: addressOf(number), choices: choices.fork(`member ${number}`), spent: [] });
  }

  async function share(member: Member): Promise<void> {
    if (member.share !== undefined) return;
    const id = await member.device.share(resource);
    // The flow has ended it already, and the server is still to be told.
    if (ledger.refusedFromNs.has(id) || ledger.withdrawn.has(id)) return;
    member.share = id;
    ledger.alive.set(id, { device: member.device.client.clientId });
    ledger.count('shared');
  }

  /** @returns why there is no token, where there is none */
  async function ask(member: Member, from = member.from): Promise<Held | string> {
    const askedNs = nowNs();
    const ticket = await ticketOf(home, dishwasherPath, from).catch((fault: unknown) => {
      // Too many have asked, or the gateway is not ready yet: no ticket is to be had.
      if (/no ticket/.test(String(fault))) return fault as Error;
      throw fault;
    });
    if (ticket instanceof Error) return ticket.message;
    const { status, body } = await member.device.client.rpt(ticket);
    ledger.count(status === 200 ? 'tokens' : 'no tokens');
    if (status !== 200) return `no token: ${status} ${JSON.stringify(body)}`;
    const rpt = body.access_token as string;
    const [share = ''] = sharesIn(rpt);
    ledger.issued(share, askedNs);
    if (member.held) spend(member, member.held);
    member.held = { share, rpt };
    return member.held;
  }

  function spend(member: Member, held: Held): void {
    member.spent = [...member.spent, held].slice(-SPENT_KEPT);
  }

  async function use(member: Member, agent: Agent): Promise<boolean> {
    const all = [...(member.held ? [member.held, member.held] : []), ...member.spent];
    if (all.length === 0) return false;
    const held = member.choices.pick(all);
    const startedNs = nowNs();
    const { status } = await member.device.call(held.rpt, {}, { from: member.from, agent, withinMs: patienceMs });
    ledger.count(status === 200 ? 'accepted' : 'refused');
    if (status === 200) ledger.passed(held, startedNs);
    return status === 200;
  }

  async function endToken(member: Member): Promise<void> {
    const { held, device } = member;
    if (!held) return;
    delete member.held;
    const { status } = await device.client.authenticated('/token/revocation', { token: held.rpt });
    if (status !== 200) return;
    ledger.refuse(held.rpt);
    ledger.count('ended: token');
    spend(member, held);
  }

  /** Asked until it is answered; only then may the share be shared anew. */
  async function end(member: Member, { way, share }: { way: 'node' | 'owner'; share: string }): Promise<void> {
    member.ending = { way, share };
    ledger.alive.delete(share);
    const { status, body } =
      way === 'node' ? await home.knock('/test/revoke', { share }) : await owner('DELETE', `/api/shares/${share}`);
    if (status !== 200) return;
    const confirmed = way === 'node' ? body.payload.unconfirmed.length === 0 : true;
    if (confirmed) ledger.withdraw(share);
    // The owner is told which gateways have not heard of it yet; there it ends a moment later.
    if (way === 'node' || body.unconfirmed.length === 0) ledger.refuse(share);
    ledger.count(`ended: ${way}`);
    delete member.ending;
    delete member.share;
    if (member.held) spend(member, member.held);
    delete member.held;
  }

  /** Registers, is claimed, asks, and is told no. */
  async function newcomer(member: Member): Promise<void> {
    if (newcomers >= parts.newcomers) return;
    newcomers += 1;
    const device = await outsideDevice(home, `Newcomer ${newcomers}`, member.from);
    const { clientId } = device.client;
    if ((await owner('POST', `/api/devices/${clientId}/claim`, {})).status !== 200) return;
    ledger.claimed.add(clientId);
    ledger.count('claimed');
    await ask({ device, from: member.from, choices: member.choices, spent: [] });
    const { body } = await owner('GET', '/api/requests');
    const request = (body.items as { id: string; device: string }[]).find((one) => one.device === clientId);
    if (!request || (await owner('POST', `/api/requests/${request.id}/deny`, {})).status !== 204) return;
    ledger.denied.add(request.id);
    ledger.count('denied');
  }

  async function act(member: Member, agent: Agent): Promise<void> {
    if (member.ending) return end(member, member.ending);
    const dice = member.choices.below(20);
    if (dice < 10) return void (await use(member, agent));
    if (dice < 13) return member.held ? undefined : void (await ask(member));
    if (dice < 16) return share(member);
    if (dice < 17) return newcomer(member);
    if (member.share === undefined || dice < 18) return;
    const way = member.choices.pick(ways);
    return way === 'token' ? endToken(member) : end(member, { way, share: member.share });
  }

  async function live(member: Member, isOver: () => boolean): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    for (; !isOver(); await setTimeout(member.choices.below(8))) {
      await act(member, agent).catch((fault: unknown) => {
        if (!isAway(fault) && !isStarting(fault)) ledger.violations.push(String(fault));
      });
    }
    agent.destroy();
  }

  return {
    members,
    begin() {
      let over = false;
      const lives = members.map((member) => live(member, () => over));
      return {
        async stop() {
          over = true;
          await Promise.all(lives);
        },
      };
    },
    async passes(member) {
      if (member.ending) await end(member, member.ending);
      await share(member);
      delete member.held;
      // From an address that has used up no tickets: what keeps it from passing is another thing then.
      const held = await ask(member, addressOf(members.length + member.choices.below(2_000)));
      if (typeof held === 'string') throw new Error(held);
      const { status, body } = await member.device.call(held.rpt, {}, { from: member.from });
      if (status !== 200) throw new Error(`not let through: ${status} ${body?.error}`);
    },
  };
}

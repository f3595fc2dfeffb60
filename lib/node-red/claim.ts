/** device-identity, *claim*: a code for the owner, and later, as a message of its own, what the owner said. */
import type { Node } from 'node-red';
import type { ClaimCode, ClaimOffer, ClaimOutcome, Gateway } from '../gateway/gateway.ts';
import type { Text } from '../sharing/text.ts';
import { codeOf, hintOf, NodeError } from './flow-error.ts';
import { type Ending, type Host, type Message, setUma } from './host.ts';
import { createMailboxes } from './mailboxes.ts';
import { deviceName } from './naming.ts';
import { qrCode } from './qr-code.ts';

/** Claims belong to the gateway and their messages to the type: a deploy ends neither. */
export interface Claims {
  /** What a node that claims has to do once, so that outcomes find it. */
  open(host: Host): void;
  /** @param find - whose device is asked for, and where */
  claim(host: Host, msg: Message, find: () => Promise<Meant>): Promise<Ending>;
  /** Asks as a message without anything in it would; while the owner is waited for, nothing is asked anew. */
  press(node: Node): void;
  /** How the newest claim of a node stands; undefined for a node that does not claim. */
  standing(node: Node): ClaimStanding | undefined;
}

export interface Meant {
  gateway: Gateway;
  device: string;
}

/** For those who look on. `idle`: nothing has been asked yet. */
export type ClaimStanding =
  | { phase: 'idle' | 'asking' }
  | ({ phase: 'waiting'; offer: ClaimOffer } & Meant)
  | { phase: ClaimOutcome | 'failed'; sentence: Text };

interface Outcome {
  device: string;
  outcome: ClaimOutcome;
  state: string;
  owner?: string;
}

type Ended = Outcome | { error: unknown };

interface Asked extends Meant {
  msg: Message;
  ended: Ended;
}

/** Call once for a type of nodes. */
export function keepClaims(): Claims {
  const standings = new Map<string, ClaimStanding>();
  /** After a deploy another node may have the id of one that claimed. */
  const claiming = new WeakSet<Node>();
  const outcomes = createMailboxes<Asked>((id) => standings.delete(id));
  /** The newest message that waits, for each node and code. */
  const waiting = new Map<string, Message>();

  async function follow(key: string, id: string, claim: Meant & { offer: ClaimOffer }): Promise<void> {
    const { gateway, device, offer } = claim;
    const ended = await endOf(claim);
    const standing = standings.get(id);
    if (standing?.phase === 'waiting' && standing.offer === offer) standings.set(id, overBy(claim, ended));
    const msg = waiting.get(key);
    waiting.delete(key);
    if (msg) outcomes.post(id, { msg, device, gateway, ended });
  }

  async function ask(host: Host, msg: Message, find: () => Promise<Meant>): Promise<Ending> {
    const { id } = host.node;
    // Before anything is asked: what cannot be cloned could not leave a second time.
    const kept = host.red.util.cloneMessage(msg);
    const { gateway, device } = await find();
    const offer = await gateway.claim(device);
    const key = JSON.stringify([id, device, offer.code.userCode]);
    const isNew = !waiting.has(key);
    waiting.set(key, kept);
    standings.set(id, { phase: 'waiting', gateway, device, offer });
    if (isNew) void follow(key, id, { gateway, device, offer });
    return { output: 1, uma: await shown(host, gateway, device, offer.code), phrase: 'pending' };
  }

  return {
    open(host) {
      claiming.add(host.node);
      const { phase = 'asking' } = standings.get(host.node.id) ?? {};
      // Whatever the node before this one had begun to ask went with it.
      if (phase === 'asking') standings.set(host.node.id, { phase: 'idle' });
      outcomes.open(host.node, (asked) => leave(host, asked));
    },
    async claim(host, msg, find) {
      const { id } = host.node;
      if (standings.get(id)?.phase !== 'waiting') standings.set(id, { phase: 'asking' });
      try {
        return await ask(host, msg, find);
      } catch (error) {
        if (standings.get(id)?.phase === 'asking') standings.set(id, { phase: 'failed', sentence: hintOf(error) });
        throw error;
      }
    },
    press(node) {
      if (!claiming.has(node) || standings.get(node.id)?.phase === 'waiting') return;
      standings.set(node.id, { phase: 'asking' });
      node.receive({});
    },
    standing: (node) => (claiming.has(node) ? standings.get(node.id) : undefined),
  };
}

async function endOf({ gateway, device, offer }: Meant & { offer: ClaimOffer }): Promise<Ended> {
  try {
    const outcome = await offer.outcome;
    const { device: id, state, owner } = await gateway.deviceStatus(device);
    return { device: id, outcome, state, ...(owner === undefined ? {} : { owner }) };
  } catch (error) {
    return { error };
  }
}

async function shown(host: Host, gateway: Gateway, device: string, code: ClaimCode): Promise<object> {
  const { userCode, verificationUri, verificationUriComplete, expiresAtMs } = code;
  const qr = verificationUriComplete === undefined ? undefined : await qrCode(verificationUriComplete);
  const values = { device: deviceName(gateway, device), code: userCode, link: verificationUri };
  return {
    device: gateway.deviceId(device) ?? device,
    verification_uri: verificationUri,
    ...(verificationUriComplete !== undefined && { verification_uri_complete: verificationUriComplete }),
    user_code: userCode,
    expiresIn: Math.max(0, Math.floor((expiresAtMs - Date.now()) / 1000)),
    ...(qr !== undefined && { qr }),
    sentence: host.words({ key: 'node.claim_waiting', values }),
  };
}

/** What came of it, for people. */
function overBy({ gateway, device }: Meant, ended: Ended): ClaimStanding & { sentence: Text } {
  if ('error' in ended) return { phase: 'failed', sentence: hintOf(ended.error) };
  const { outcome, owner } = ended;
  const key = outcome === 'claimed' && owner !== undefined ? 'node.claim_claimed_by' : `node.claim_${outcome}`;
  const values = { device: deviceName(gateway, device), ...(owner === undefined ? {} : { owner }) };
  return { phase: outcome, sentence: { key, values } };
}

function leave(host: Host, asked: Asked): void {
  const { msg, ended } = asked;
  const sentence = host.words(overBy(asked, ended).sentence);
  if ('error' in ended) {
    setUma(msg, { hint: sentence });
    host.light.show('mistake');
    host.node.error(new NodeError(codeOf(ended.error), sentence, ended.error), msg);
    return;
  }
  setUma(msg, { ...ended, sentence });
  if (ended.outcome === 'claimed') host.light.show('active', ended.device);
  else host.light.show(ended.outcome);
  host.node.send(msg);
}

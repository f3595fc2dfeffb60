/** device-identity, *claim*: a code for the owner, and later, as a message of its own, what the owner said. */
import type { ClaimCode, ClaimOffer, Gateway } from '../gateway/gateway.ts';
import { codeOf, hintOf, NodeError } from './flow-error.ts';
import { type Ending, type Host, type Message, setUma } from './host.ts';
import { createMailboxes } from './mailboxes.ts';
import { deviceName } from './naming.ts';
import { qrCode } from './qr-code.ts';

/** Claims belong to the gateway and their messages to the type: a deploy ends neither. */
export interface Claims {
  /** What a node that claims has to do once, so that outcomes find it. */
  open(host: Host): void;
  claim(host: Host, msg: Message, gateway: Gateway, device: string): Promise<Ending>;
}

interface Asked {
  msg: Message;
  device: string;
  gateway: Gateway;
  ended: { uma: object } | { error: unknown };
}

/** Call once for a type of nodes. */
export function keepClaims(): Claims {
  const outcomes = createMailboxes<Asked>();
  /** The newest message that waits, for each node and code. */
  const waiting = new Map<string, Message>();

  async function follow(key: string, id: string, { gateway, device, offer }: Following): Promise<void> {
    const ended = await endOf(gateway, device, offer);
    const msg = waiting.get(key);
    waiting.delete(key);
    if (msg) outcomes.post(id, { msg, device, gateway, ended });
  }

  return {
    open: (host) => outcomes.open(host.node, (asked) => leave(host, asked)),
    async claim(host, msg, gateway, device) {
      // Before anything is asked: what cannot be cloned could not leave a second time.
      const kept = host.red.util.cloneMessage(msg);
      const offer = await gateway.claim(device);
      const key = JSON.stringify([host.node.id, device, offer.code.userCode]);
      const isNew = !waiting.has(key);
      waiting.set(key, kept);
      if (isNew) void follow(key, host.node.id, { gateway, device, offer });
      return { output: 1, uma: await shown(host, gateway, device, offer.code), phrase: 'pending' };
    },
  };
}

interface Following {
  gateway: Gateway;
  device: string;
  offer: ClaimOffer;
}

async function endOf(gateway: Gateway, device: string, offer: ClaimOffer): Promise<Asked['ended']> {
  try {
    const outcome = await offer.outcome;
    const { device: id, state, owner } = await gateway.deviceStatus(device);
    return { uma: { device: id, outcome, state, ...(owner === undefined ? {} : { owner }) } };
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

function leave(host: Host, { msg, device, gateway, ended }: Asked): void {
  if ('error' in ended) {
    const sentence = host.words(hintOf(ended.error));
    setUma(msg, { hint: sentence });
    host.light.show('mistake');
    host.node.error(new NodeError(codeOf(ended.error), sentence, ended.error), msg);
    return;
  }
  const { outcome } = ended.uma as { outcome: 'claimed' | 'denied' | 'expired' };
  const { owner } = ended.uma as { owner?: string };
  const key = outcome === 'claimed' && owner !== undefined ? 'node.claim_claimed_by' : `node.claim_${outcome}`;
  const values = { device: deviceName(gateway, device), ...(owner === undefined ? {} : { owner }) };
  setUma(msg, { ...ended.uma, sentence: host.words({ key, values }) });
  host.light.show(outcome === 'claimed' ? 'active' : outcome);
  host.node.send(msg);
}

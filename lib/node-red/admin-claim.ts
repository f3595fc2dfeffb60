/** The canvas button of device-identity, *claim*: asks as a message would, and tells its dialog how that stands. */
import type { Node, NodeAPI } from 'node-red';
import { answering, guarded, hasLogin } from './admin-guard.ts';
import type { ClaimStanding, Claims } from './claim.ts';
import { deviceName } from './naming.ts';
import { outOfReach, qrCode } from './qr-code.ts';
import { type Words, wordsOfForm } from './words.ts';

/** A code is for people, and a link with it alone lets nobody in; what fetches the answer never leaves the gateway. */
async function waitingFor({ gateway, device, offer }: ClaimStanding & { phase: 'waiting' }): Promise<object> {
  const { userCode, verificationUri, verificationUriComplete: complete = verificationUri, expiresAtMs } = offer.code;
  const unreachable = outOfReach(complete);
  const { keyThumbprint } = await gateway.deviceStatus(device).catch(() => ({ keyThumbprint: undefined }));
  return {
    phase: offer.wait(),
    device: deviceName(gateway, device),
    ...{ userCode, page: verificationUri, link: complete, untilMs: expiresAtMs },
    ...(unreachable ? { unreachable } : { qr: await qrCode(complete) }),
    ...(keyThumbprint && { fingerprint: keyThumbprint }),
  };
}

function told(words: Words, standing: ClaimStanding): object | Promise<object> {
  if (standing.phase === 'waiting') return waitingFor(standing);
  return 'sentence' in standing ? { ...standing, sentence: words(standing.sentence) } : standing;
}

/**
 * Call once, with the registration of device-identity. A code is shown only to whoever may deploy, and only where the
 * editor has a login: without one anybody may be who asks.
 */
export function serveClaimButton(RED: NodeAPI, claims: Pick<Claims, 'press' | 'standing'>): void {
  // No admin root: Node-RED runs without an editor.
  if (!RED.httpAdmin) return;
  const serve = (method: 'get' | 'post', act: (node: Node) => void): void => {
    RED.httpAdmin[method](
      '/uma-home/claims/:id',
      guarded(RED, 'flows.write'),
      answering(async (request) => {
        const node = RED.nodes.getNode(String(request.params.id)) as Node | null;
        if (!node || !claims.standing(node)) return undefined;
        if (!hasLogin(RED)) return { phase: 'no-login' };
        act(node);
        const standing = claims.standing(node);
        return standing && (await told(wordsOfForm(request), standing));
      }),
    );
  };
  serve('get', () => {});
  serve('post', claims.press);
}

import { readHttpUri } from '../proof/http-target.ts';
import type { ServerChange, Target } from '../servers/authorization-server.ts';
import { unlessAborted } from '../uma/unless-aborted.ts';
import { type CallPorts, callResource } from './call-resource.ts';
import { type CallTarget, readCallTarget } from './call-target.ts';
import type { CallOptions, CallWish, Fetch, HttpAnswer, ProvedHeaders, ReturnedChallenge } from './call-wish.ts';
import { createRptDesk, type ObtainPorts } from './obtain-rpt.ts';
import { createOriginNonces, type OriginNonces } from './origin-nonces.ts';
import { type NotAllowed, notAllowed } from './outcome.ts';
import { proveHeaders } from './prove-headers.ts';
import type { RptWish } from './rpt-memory.ts';

export interface RequestingPorts extends ObtainPorts {
  /** Of our server: challenges of any other are not followed (compared exactly). */
  issuer: string;
  /** The server's id of a resource of this gateway; undefined where it has none, even after what is under way has ended. */
  resourceId(key: string): string | undefined | Promise<string | undefined>;
  /** Origins of this Node-RED; the first completes URLs that begin with `/`. */
  addresses(): readonly string[];
  /** What proofs for our own addresses carry: we are who would ask for it (RFC 9449 9). */
  ownNonce?(): string;
  fetch: Fetch;
}

/** The client's side of one gateway: its devices get permission and go. */
export interface Requesting {
  /**
   * Calls a URL as a device.
   *
   * @throws CallError; the signal's reason; faults that are nobody's answer
   */
  call(wish: CallWish, options: CallOptions): Promise<HttpAnswer | NotAllowed>;
  /** The same for a request that a following node sends; `challenge` is what its 401 said. */
  headers(
    wish: CallWish,
    challenge: ReturnedChallenge | undefined,
    signal: AbortSignal,
  ): Promise<ProvedHeaders | NotAllowed>;
  /** Something was ended here: no RPT for it is used again. */
  ended(target: Target): void;
  /** The server tells of a change: what it ends is dropped, what it decides need not wait for its interval. */
  changed(change: ServerChange): void;
  /** The device (`client_id`) has another key: no RPT that is bound to the one before is used again. */
  keyChanged(clientId: string): void;
  close(): void;
}

export function createRequesting(ports: RequestingPorts): Requesting {
  const desk = createRptDesk(ports);
  const { issuer, fetch } = ports;
  const callPorts: CallPorts = { desk, issuer, fetch, nonces: noncesOf(ports), nowMs: () => ports.nowMs() };

  async function rptWish(
    { device, resource, scopes }: CallWish,
    { origin, path }: CallTarget,
    signal: AbortSignal,
  ): Promise<RptWish | NotAllowed> {
    if (resource === undefined) return { device, origin, path, scopes };
    const known = ports.resourceId(resource);
    const id = typeof known === 'object' ? await unlessAborted(signal, known) : known;
    if (id !== undefined) return { device, origin, path, scopes, resource: id };
    return notAllowed('unreachable', 'resource_not_registered', {
      hint: { key: 'hint.resource_not_registered', values: { resource } },
    });
  }

  return {
    async call(wish, options) {
      const target = readCallTarget(wish, ports.addresses());
      const needed = await rptWish(wish, target, options.signal);
      return 'outcome' in needed ? needed : callResource(callPorts, wish, target, needed, options);
    },
    async headers(wish, challenge, signal) {
      const target = readCallTarget(wish, ports.addresses());
      const needed = await rptWish(wish, target, signal);
      return 'outcome' in needed ? needed : proveHeaders(callPorts, wish, target, needed, challenge, signal);
    },
    ended: desk.ended,
    changed(change) {
      const target = endedBy(change);
      if (target) desk.ended(target);
      if (change.type === 'gap') desk.wake();
      else if (change.type === 'share-granted' || change.type === 'request-denied')
        desk.wake(change.device, change.resource);
      else if (change.type === 'device-state') desk.wake(change.device);
      else if (change.type === 'panic-ended') desk.wake();
    },
    keyChanged: desk.forget,
    close: desk.close,
  };
}

/** Of other origins, what they gave us last; of our own, the present one, which spares every first call a refusal. */
function noncesOf({ addresses, ownNonce }: RequestingPorts): OriginNonces {
  const given = createOriginNonces();
  const isOwn = (origin: string) => addresses().some((address) => readHttpUri(address)?.origin === origin);
  return { put: given.put, get: (origin) => (ownNonce && isOwn(origin) ? ownNonce() : given.get(origin)) };
}

function endedBy(change: ServerChange): Target | undefined {
  switch (change.type) {
    case 'share-ended':
      return { share: change.share };
    case 'token-revoked':
      return { token: change.tokenHash };
    case 'device-state':
      return change.state === 'active' || change.state === 'provisioned' ? undefined : { device: change.device };
    case 'panic':
    case 'gap':
      return { everything: change.owner };
    default:
      return undefined;
  }
}

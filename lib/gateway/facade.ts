/** The gateway as nodes see it: one call for each thing a node can want. */
import type { Decision } from '../decision/decision.ts';
import type { DeviceRegistry } from '../identity/device-registry.ts';
import type { Resources } from '../protecting/resources.ts';
import type { Requesting } from '../requesting/requesting.ts';
import type { Revocation } from '../revocation/revoke.ts';
import type { OwnerRole, TestStep } from '../servers/authorization-server.ts';
import type { BuiltInServer } from '../servers/built-in.ts';
import { OwnerNotConnected } from '../servers/errors.ts';
import type { Share } from '../sharing/share.ts';
import type { Text } from '../sharing/text.ts';
import type { Permission } from '../uma/permission.ts';
import type { Checking } from './checking.ts';
import type { CheckWish, GatewaySettings, RunningGateway } from './gateway.ts';
import { BeingEndedError, guardedOwner } from './guarded-owner.ts';
import type { InFlowTelling } from './in-flows.ts';
import type { RefusalTelling } from './refusal-telling.ts';
import type { RequestWatch } from './request-watch.ts';
import type { ServerPlace } from './server-place.ts';
import type { StandingBoard } from './standing.ts';

export interface FacadeParts {
  settings: GatewaySettings;
  place: ServerPlace;
  server: BuiltInServer;
  revocation: Revocation;
  registry: DeviceRegistry;
  resources: Resources;
  requesting: Requesting;
  checking: Checking;
  board: StandingBoard;
  requestWatch: RequestWatch;
  inFlows: InFlowTelling;
  refusals: Pick<RefusalTelling, 'note'>;
  adopt(settings: GatewaySettings): void;
  close(): Promise<void>;
}

export function facade(parts: FacadeParts): RunningGateway {
  const { settings, place, server, revocation, registry, resources, requesting, checking, board } = parts;
  const wanted = ({ resource, scopes }: CheckWish): Permission[] => [
    { resource: resources.id(resource) ?? '', scopes },
  ];
  const stoppedHint: Text = { key: 'hint.panic', values: { server: place.pages } };
  /** Why something is refused that is no one's share or token: everything is. */
  const inWordsOfPanic = <T extends object>(answer: T): T => {
    const isPlainNo = 'reason' in answer && (answer.reason === 'request_denied' || answer.reason === 'revoked');
    return isPlainNo && revocation.denylist.stoppedAltogether()
      ? Object.assign({}, answer, { hint: stoppedHint })
      : answer;
  };
  return {
    connection: settings.connection,
    issuer: place.issuer,
    pages: place.pages,
    server,
    keyFingerprint: server.keyFingerprint,
    notEncrypted: place.notEncrypted === true,
    madeCertificate: () => {
      const shown = place.certificate?.();
      return shown?.made ? shown.fingerprint : undefined;
    },
    standing: board.standing,
    watchStanding: board.watch,
    holdDevice: registry.hold,
    holdResource: resources.hold,
    flowsRun: parts.inFlows.run,
    deviceId: registry.id,
    resourceId: resources.id,
    call: async (wish, options) => inWordsOfPanic(await requesting.call(wish, options)),
    headers: async (wish, challenge, signal) => inWordsOfPanic(await requesting.headers(wish, challenge, signal)),
    check: async (presented, wish, pass) => {
      const asked = { ...wish, permissions: wanted(wish) };
      return inWordsOfPanic(noted(parts, await checking.decide(presented, asked, pass), wish));
    },
    refuse: (decision, wish, source) => checking.refuse(decision, wanted(wish), source),
    owner: () => ownerOf(parts, stoppedHint),
    ownerScopes: server.ownerScopes,
    ...stopping(parts),
    claim: registry.claim,
    rotate: registry.rotate,
    watchDevices: registry.onState,
    watchEnded: revocation.denylist.onDenied,
    watchRequests: parts.requestWatch.watch,
    devices: registry.list,
    deviceName: registry.name,
    isHeld: (what, keyOrId) => (what === 'device' ? registry : resources).isHeld(keyOrId),
    resources: resources.list,
    test: () => inWordsOfNoOwner(server.test(), parts),
    adopt: parts.adopt,
    close: parts.close,
  };
}

/** A refusal is for the owner's history too. Of what the server knows by no id yet, it could be told nothing. */
function noted({ resources, revocation, refusals }: FacadeParts, decision: Decision, wish: CheckWish): Decision {
  const resource = resources.id(wish.resource);
  // A nonce that is asked for is no verdict yet.
  if (decision.allowed || resource === undefined || decision.reason === 'use_dpop_nonce') return decision;
  const stopped = decision.reason === 'revoked' && revocation.denylist.stoppedAltogether();
  const { device } = decision.evidence;
  const reason = stopped ? 'stopped' : decision.reason;
  refusals.note({ resource, reason, ...(device !== undefined && { device }) });
  return decision;
}

/** @throws OwnerNotConnected, BeingEndedError with `stopped` while everything is */
async function ownerOf(parts: FacadeParts, stopped: Text): Promise<OwnerRole> {
  const { server, requesting, revocation, registry } = parts;
  requireOwner(parts);
  // A code could not be approved either: the panic comes first.
  if (revocation.denylist.stoppedAltogether()) throw new BeingEndedError(stopped);
  const granted = ({ id, party, resource }: Share): void => {
    const given = { share: id, device: party.id, resource };
    revocation.denylist.given(given);
    requesting.changed({ type: 'share-granted', number: 0, at: 0, ...given });
  };
  const blocks = { overlapping: revocation.denylist.overlapping, deviceName: registry.name };
  return guardedOwner(await server.owner(server.ownerName() ?? ''), blocks, granted);
}

type OwnerParts = Pick<FacadeParts, 'board'>;

/** Nobody could sign in to approve a code: somebody has to own the home first. */
function withoutOwner({ board }: OwnerParts): Text | undefined {
  const standing = board.standing();
  if (standing.phase !== 'no-owner') return undefined;
  return { key: standing.setUpLink === undefined ? 'hint.no_owner_elsewhere' : 'hint.no_owner' };
}

/** @throws OwnerNotConnected where there is no owner */
function requireOwner(parts: OwnerParts): void {
  const hint = withoutOwner(parts);
  if (hint) throw new OwnerNotConnected(undefined, hint);
}

async function* inWordsOfNoOwner(steps: AsyncIterable<TestStep>, parts: OwnerParts): AsyncGenerator<TestStep> {
  for await (const step of steps) {
    const hint = step.hint?.key === 'hint.not_joined' ? withoutOwner(parts) : undefined;
    yield hint ? { ...step, hint } : step;
  }
}

/** What ends or brings back: local first, then the server, except that starting again is the owner's. */
function stopping(
  parts: FacadeParts,
): Pick<RunningGateway, 'revoke' | 'suspend' | 'retire' | 'resume' | 'deviceStatus'> {
  const { server, revocation, registry } = parts;
  return {
    revoke: async (target, options) => {
      // Nobody's everything is nothing; told to the server later, it would be the panic of whoever owns it then.
      if ('everything' in target && server.ownerName() === undefined) requireOwner(parts);
      return revocation.revoke(target, options);
    },
    deviceStatus: (keyOrId) => registry.status(keyOrId),
    suspend: async (keyOrId) => {
      await registry.suspend(keyOrId);
      return registry.status(keyOrId, 'quarantined');
    },
    retire: async (keyOrId) => {
      await registry.retire(keyOrId);
      return registry.status(keyOrId, 'retired');
    },
    resume: async (keyOrId) => {
      await registry.resume(keyOrId);
      return registry.status(keyOrId, 'active');
    },
  };
}

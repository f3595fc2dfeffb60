/** Wires one server with everything that stands on it, and closes it in the reverse order. */
import { join } from 'node:path';
import { createDeviceRegistry } from '../identity/device-registry.ts';
import { createProofState } from '../proof/dpop-check.ts';
import { createResources } from '../protecting/resources.ts';
import { createRequesting } from '../requesting/requesting.ts';
import { createRevocation } from '../revocation/revoke.ts';
import { createBuiltInServer } from '../servers/built-in.ts';
import { openStore } from '../store/open-store.ts';
import { createTransport } from '../transport/transport.ts';
import { createChecking } from './checking.ts';
import { type Closers, createClosers } from './closers.ts';
import { facade } from './facade.ts';
import type { GatewaySettings, RunningGateway } from './gateway.ts';
import { gatewayKey } from './gateway-key.ts';
import { keptClock } from './kept-clock.ts';
import { followOwnServer } from './moved-server.ts';
import { openReports } from './open-reports.ts';
import { wayToPinned } from './pinned-certificate.ts';
import { createRequestWatch } from './request-watch.ts';
import { followChanges } from './server-changes.ts';
import { findServer, keyGiven, ownWayTo, type ServerPlaces } from './server-place.ts';
import { createStandingBoard } from './standing.ts';

const transportSettings = {
  connections: 32,
  timeouts: { connectMs: 2_000, headersMs: 10_000, bodyMs: 10_000, totalMs: 20_000 },
  maxResponseBytes: 10_000_000,
};

/** The longest that an RPT of the built-in server lives. */
const maxTokenLifetimeSeconds = 300;

/**
 * Opens a gateway. It is there before its server has let it in; until then everything answers "not set up".
 *
 * @throws StoreError, ServerStartError: with a hint that says what to do
 */
export async function createGateway(settings: GatewaySettings, places: ServerPlaces): Promise<RunningGateway> {
  const closers = createClosers();
  try {
    return await assemble(settings, places, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Addresses, language and log follow whoever uses the gateway: a deploy replaces the nodes and leaves the gateway. */
interface User {
  settings: GatewaySettings;
}

async function openGround(user: User, places: ServerPlaces, closers: Closers) {
  const { userDir, connection, name, registrationToken, serverKey, storeKey, clockWasAhead } = user.settings;
  const uma = join(userDir, 'uma');
  const store = await openStore({
    dir: join(uma, 'gateway'),
    keyDir: uma,
    ...keyGiven(storeKey),
    namespace: connection,
  });
  closers.add(() => store.close());
  const clock = await keptClock(store, {
    log: (line) => user.settings.log(line),
    ...(clockWasAhead !== undefined && { wasAhead: clockWasAhead }),
  });
  const place = await findServer(user.settings, places);
  closers.add(() => place.close());
  if (user.settings.server.kind === 'built-in') await followOwnServer(store, place.issuer);
  const { server: named } = user.settings;
  const ownWay =
    named.kind === 'built-in-at' && named.certificate !== undefined
      ? wayToPinned(store, named.url, named.certificate)
      : ownWayTo(place);
  const transport = createTransport({ ...transportSettings, ...(ownWay && { ownWay }) });
  closers.add(() => transport.close());
  // On Node-RED's own port the server has the origin of every flow: what devices call there must not be led to the server.
  const calls = place.pages === place.issuer ? transport : createTransport(transportSettings);
  if (calls !== transport) closers.add(() => calls.close());
  const confirmedKey = place.signingKey ?? serverKey;
  const server = createBuiltInServer({
    issuer: place.issuer,
    pages: place.pages,
    transport,
    store,
    key: await gatewayKey(store),
    name,
    ...(registrationToken !== undefined && { registrationToken }),
    ...(place.notEncrypted && { neverOnTheNetwork: true }),
    ...(confirmedKey !== undefined && { confirmedKey }),
    language: () => user.settings.language ?? 'en',
    nowMs: Date.now,
    log: (line) => user.settings.log(line),
  });
  closers.add(() => server.close());
  const board = createStandingBoard(server, place);
  closers.add(() => board.close());
  return { store, place, transport, calls, server, board, clock };
}

type Ground = Awaited<ReturnType<typeof openGround>>;

/** What a home has: who may not, which devices, which resources. */
function keepHome({ store, place, server, clock }: Ground, user: User, closers: Closers) {
  // What is revoked while the clock is behind must hold once it is right again.
  const now = (): number => clock.latestMs() / 1000;
  const revocation = createRevocation({ store, server, now, maxTokenLifetimeSeconds });
  closers.add(() => revocation.close());
  const registry = createDeviceRegistry({
    store,
    devices: server.devices,
    issuer: place.issuer,
    quarantine: revocation.quarantine,
    gatewayId: server.clientId,
    nowMs: Date.now,
    log: (line) => user.settings.log(line),
  });
  closers.add(() => registry.close());
  const resources = createResources({ store, issuer: place.issuer, role: server.resourceServer });
  closers.add(() => resources.close());
  return { revocation, registry, resources };
}

/** The way of a message: asking on one side, checking on the other. */
function layWays(ground: Ground, home: ReturnType<typeof keepHome>, user: User, closers: Closers) {
  const { server, calls, place, board } = ground;
  const { revocation, registry, resources } = home;
  const proofState = createProofState();
  const addresses = (): string[] => user.settings.addresses();
  const requesting = createRequesting({
    client: server.client,
    requestTicket: (permissions, signal) => server.resourceServer.requestTicket(permissions, signal),
    issuer: place.issuer,
    devices: registry.client,
    resourceId: resources.idOnceSettled,
    addresses,
    fetch: (url, init) => calls.fetch(url, init),
    ownNonce: () => proofState.nonces.issue(Date.now()),
    nowMs: Date.now,
  });
  closers.add(() => requesting.close());
  registry.onKeyChanged(requesting.keyChanged);
  const requestWatch = createRequestWatch({
    owner: () => server.owner(server.ownerName() ?? ''),
    log: (line) => user.settings.log(line),
  });
  closers.add(() => requestWatch.close());
  const reports = openReports({ server, ...home }, closers);
  const watch = followChanges({
    server,
    inFlows: reports.inFlows,
    revocation,
    registry,
    requesting,
    resources,
    requestWatch,
    nowMs: Date.now,
    heard: board.heard,
    stopped: board.stopped,
  });
  closers.add(() => watch.close());
  const checking = createChecking({
    ...ground,
    ...home,
    denylist: revocation.denylist,
    once: revocation.once,
    proofState,
    lastHeardMs: watch.lastHeardMs,
    addresses,
    language: () => user.settings.language ?? 'en',
    log: (line) => user.settings.log(line),
  });
  return { requesting, checking, requestWatch, ...reports };
}

async function assemble(settings: GatewaySettings, places: ServerPlaces, closers: Closers): Promise<RunningGateway> {
  const user: User = { settings };
  const ground = await openGround(user, places, closers);
  const home = keepHome(ground, user, closers);
  const ways = layWays(ground, home, user, closers);
  const { join: way } = ground.server;
  closers.add(way.watch(({ phase }) => phase === 'ready' && home.resources.retry()));
  way.start();
  const adopt = (next: GatewaySettings): void => {
    user.settings = next;
  };
  return facade({ settings, ...ground, ...home, ...ways, adopt, close: closers.close });
}

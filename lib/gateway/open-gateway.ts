/** One gateway for each owner connection of a process, shared by every node that names it, alive across a deploy. */
import { createCounted } from './counted.ts';
import type { Gateway, GatewaySettings, RunningGateway } from './gateway.ts';
import type { ServerPlace } from './server-place.ts';

/** How long a gateway outlives its last user: a deploy closes every node and opens it again within this time. */
const lingerMs = 10_000;

interface Entry {
  /** The userDir and the server that it stands on. */
  ground: Pick<GatewaySettings, 'userDir' | 'server'>;
  /** What the gateway was opened with; other settings close it first. */
  signature: string;
  users: number;
  running: Promise<RunningGateway>;
  lingering?: NodeJS.Timeout;
}

export interface GatewayHandle {
  /** Rejects with a typed error where the store or the built-in server cannot be opened. */
  gateway: Promise<Gateway>;
  /** Gives the gateway back; the last one to do so lets it linger for ten seconds. */
  release(): void;
}

const open = new Map<string, Entry>();
/** Closings under way: what comes next waits for the port and the store to be free. */
const closing = new Map<string, Promise<void>>();
/** The built-in servers, each shared by the connections of a userDir. */
const places = createCounted<ServerPlace>();

/** Settings decide whether a running gateway can be kept; functions (log, addresses) follow the newest user. */
function signatureOf({ server, owner, name, registrationToken, serverKey }: GatewaySettings): string {
  return JSON.stringify([server, owner?.name, name, registrationToken !== undefined, serverKey]);
}

async function start(settings: GatewaySettings): Promise<RunningGateway> {
  await Promise.all(closing.values());
  // Loaded here and not above: a palette that is only looked at must not pay for the server and the store.
  const { createGateway } = await import('./create-gateway.ts');
  return createGateway(settings, places);
}

/** Ends an entry; a gateway that never came up has nothing to close. */
function end(key: string, entry: Entry): Promise<void> {
  clearTimeout(entry.lingering);
  if (open.get(key) === entry) open.delete(key);
  const before = closing.get(key);
  const done: Promise<void> = Promise.allSettled([before, entry.running.then((running) => running.close())]).then(
    () => {
      if (closing.get(key) === done) closing.delete(key);
    },
  );
  closing.set(key, done);
  return done;
}

/** What only lingers must not keep the built-in server of its userDir where it is no longer wanted. */
function endLingering({ userDir, server }: GatewaySettings): void {
  for (const [key, entry] of open) {
    const { ground, users } = entry;
    const bothHere = ground.server.kind === 'built-in' && server.kind === 'built-in';
    const elsewhere = bothHere && JSON.stringify(ground.server) !== JSON.stringify(server);
    if (users === 0 && ground.userDir === userDir && elsewhere) void end(key, entry);
  }
}

function join(key: string, settings: GatewaySettings): Entry {
  const signature = signatureOf(settings);
  const found = open.get(key);
  if (found && found.signature === signature) {
    clearTimeout(found.lingering);
    delete found.lingering;
    found.running.then((running) => running.adopt(settings)).catch(() => {});
    return found;
  }
  if (found) void end(key, found);
  endLingering(settings);
  const { userDir, server } = settings;
  const entry: Entry = { ground: { userDir, server }, signature, users: 0, running: start(settings) };
  entry.running.catch(() => {
    // The next deploy tries again; those who hold this one have heard of it.
    if (open.get(key) === entry) open.delete(key);
  });
  open.set(key, entry);
  return entry;
}

/** Opens the gateway of this userDir and connection, or joins the one that is there. */
export function openGateway(settings: GatewaySettings): GatewayHandle {
  const key = JSON.stringify([settings.userDir, settings.connection]);
  const entry = join(key, settings);
  entry.users += 1;
  let held = true;
  return {
    gateway: entry.running,
    release: () => {
      if (!held) return;
      held = false;
      entry.users -= 1;
      if (entry.users > 0 || open.get(key) !== entry) return;
      // Node-RED ends with process.exit(): this never holds it up.
      entry.lingering = setTimeout(() => void end(key, entry), lingerMs).unref();
    },
  };
}

/** Ends every gateway of this process at once: for tests. */
export async function closeAll(): Promise<void> {
  await Promise.all([...open].map(([key, entry]) => end(key, entry)));
  await Promise.all(closing.values());
}

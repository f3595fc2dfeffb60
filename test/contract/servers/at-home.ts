/** A home with an owner who signed in, a gateway that is in, and one resource. */
import type { RunningServer } from '../../../lib/built-in-server/start.ts';
import type { DeviceClient } from '../../../lib/servers/authorization-server.ts';
import { type OwnerSession, signIn } from '../support/home.ts';
import { type ServerPlace, serverPlace } from '../support/running-server.ts';
import { type AGateway, aDevice, type GatewayOptions, joined } from './a-gateway.ts';

export interface AtHome {
  place: ServerPlace;
  server: RunningServer;
  issuer: string;
  owner: OwnerSession;
  gateway: AGateway;
  resource: string;
  /** Another gateway of the same owner; ends with the home. */
  another(name: string, options?: Partial<GatewayOptions>): Promise<AGateway>;
  /** The owner shares the resource. */
  share(device: Pick<DeviceClient, 'clientId'>, more?: object): Promise<string>;
  close(): Promise<void>;
}

export async function atHome(options: Partial<GatewayOptions> = {}): Promise<AtHome> {
  const place = await serverPlace();
  const server = await place.start();
  const owner = await signIn(server.issuer);
  const gateway = await joined(server.issuer, owner, options);
  const scopes = ['start', 'stop'];
  const resource = await gateway.server.resourceServer.keep({ key: 'dishwasher', name: 'Dishwasher', scopes });
  const others: AGateway[] = [];
  const home: AtHome = {
    place,
    server,
    issuer: server.issuer,
    owner,
    gateway,
    resource,
    async share({ clientId }, more = {}) {
      const party = { kind: 'device', id: clientId };
      const reply = await owner.call('POST', '/api/shares', { resource, party, scopes: ['start'], ...more });
      if (reply.status >= 300) throw new Error(`not shared: ${JSON.stringify(reply.body)}`);
      return reply.body.id;
    },
    async another(name, more = {}) {
      const other = await joined(server.issuer, owner, { name, ...more });
      others.push(other);
      return other;
    },
    async close() {
      for (const one of [home.gateway, ...others]) await one.close();
      await home.server.close();
      await place.remove();
    },
  };
  return home;
}

/** Around each test of a describe block: such a home, with a device of its gateway that nothing is shared with yet. */
export function eachAtHome(opened: (world: { home: AtHome; device: DeviceClient }) => void): void {
  let home: AtHome | undefined;
  beforeEach(async () => {
    home = await atHome();
    opened({ home, device: await aDevice(home.gateway) });
  });
  afterEach(() => home?.close());
}

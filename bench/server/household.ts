/** What a server needs to grant anything: a gateway that its owner approved, a resource, a device, a share. */
import { type Client, gatewayMetadata, registerClient } from '../load/client.ts';
import { signIn } from '../load/owner.ts';
import { openSender, type Sender, type Sending } from '../load/sender.ts';

export interface Household {
  gateway: Client;
  device: Client;
  resource: string;
}

const scope = 'uma_protection shares:read shares:reduce shares:grant';

export async function moveIn(issuer: string): Promise<Household> {
  const sender = openSender(issuer);
  const owner = await signIn(sender);
  const gateway = await registerClient(sender, { client_name: 'Gateway', ...gatewayMetadata });
  const asked = await sender.expect(200, await gateway.authenticated('/device/auth', { scope }));
  await owner.approve(asked.body.user_code);
  const { pat } = await atWork(sender, gateway);
  const wish = { name: 'Dishwasher', resource_scopes: ['start', 'stop'] };
  const { body } = await sender.expect(201, gateway.calling('POST', '/resources', pat, wish));
  const device = await registerClient(sender, { client_name: 'Thermostat' });
  await owner.share(body._id, device.clientId, ['start']);
  await sender.close();
  return { gateway, device, resource: body._id };
}

/** Right after a start the server takes no proof without its nonce. */
async function atWork(sender: Sender, gateway: Client): Promise<{ pat: string }> {
  gateway.learn((await sender.send(await gateway.pat())).nonce);
  return { pat: (await sender.expect(200, await gateway.pat())).body.access_token };
}

/** A household at a server that runs. */
export interface Askers {
  sender: Sender;
  /** Requests for a requesting party token, each with a ticket of its own. */
  umaTickets(count: number): Promise<Sending[]>;
  /** Requests for a protection token. */
  clientCredentials(count: number): Promise<Sending[]>;
  /** Sends one of them. */
  ask(sending: Sending): Promise<void>;
}

export async function openAskers(issuer: string, household: Household, connections: number): Promise<Askers> {
  const sender = openSender(issuer, connections);
  const [gateway, device] = [household.gateway.at(issuer), household.device.at(issuer)];
  const wish = { resource_id: household.resource, resource_scopes: ['start'] };
  const learn = (nonce: string | undefined): void => {
    gateway.learn(nonce);
    device.learn(nonce);
  };
  async function umaTicket(pat: string): Promise<Sending> {
    const { body } = await sender.expect(201, gateway.calling('POST', '/permission', pat, wish));
    return device.rpt(body.ticket);
  }
  learn((await sender.send(await gateway.pat())).nonce);
  return {
    sender,
    async umaTickets(count) {
      // The server keeps the newest few tokens of a client: by now it has forgotten the last one.
      const { body } = await sender.expect(200, await gateway.pat());
      return Promise.all(Array.from({ length: count }, () => umaTicket(body.access_token)));
    },
    clientCredentials: (count) => Promise.all(Array.from({ length: count }, () => gateway.pat())),
    ask: async (sending) => learn((await sender.expect(200, sending)).nonce),
  };
}

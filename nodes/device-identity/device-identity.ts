import type { Node, NodeAPI } from 'node-red';
import { serveClaimButton } from '../../lib/node-red/admin-claim.ts';
import { keepClaims } from '../../lib/node-red/claim.ts';
import { followServer } from '../../lib/node-red/follow-server.ts';
import { createHost, onMessage } from '../../lib/node-red/host.ts';
import { type IdentityConfig, identity, identityServer, readIdentitySettings } from '../../lib/node-red/identity.ts';
import { keepDeviceWatches, watchDevices } from '../../lib/node-red/watch-devices.ts';

/** device-identity: who is this device, and may it still act? */
export default function (RED: NodeAPI): void {
  const claims = keepClaims();
  const watches = keepDeviceWatches();
  function DeviceIdentity(this: Node, config: IdentityConfig): void {
    RED.nodes.createNode(this, config);
    const settings = readIdentitySettings(config);
    const host = createHost(RED, this);
    const server = identityServer(host, settings);
    followServer(host, server);
    if (settings.action === 'claim') claims.open(host);
    if (settings.action === 'watch') void watchDevices(host, server, settings, watches);
    onMessage(host, (arrival) => identity(host, arrival, settings, claims));
  }
  RED.nodes.registerType('device-identity', DeviceIdentity);
  serveClaimButton(RED, claims);
}

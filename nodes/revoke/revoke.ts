import type { NodeAPI } from 'node-red';
import { type PressableNode, serveRevokeButton } from '../../lib/node-red/admin-revoke.ts';
import { followServer } from '../../lib/node-red/follow-server.ts';
import { createHost, onMessage } from '../../lib/node-red/host.ts';
import { revoke } from '../../lib/node-red/revoke.ts';
import { type RevokeConfig, readRevokeSettings, revokeServer } from '../../lib/node-red/revoke-settings.ts';

/** revoke: not a moment longer. */
export default function (RED: NodeAPI): void {
  function Revoke(this: PressableNode, config: RevokeConfig): void {
    RED.nodes.createNode(this, config);
    const settings = readRevokeSettings(config);
    this.pressable = settings.target === 'everything';
    const host = createHost(RED, this);
    followServer(host, revokeServer(host, settings));
    onMessage(host, (arrival) => revoke(host, arrival, settings));
  }
  RED.nodes.registerType('revoke', Revoke);
  serveRevokeButton(RED);
}

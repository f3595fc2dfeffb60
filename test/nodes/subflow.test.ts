import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import server from '../../nodes/uma-authorization-server/uma-authorization-server.ts';
import device from '../../nodes/uma-device/uma-device.ts';
import umaRequest from '../../nodes/uma-request/uma-request.ts';
import resource from '../../nodes/uma-resource/uma-resource.ts';
import { configs, withNodeRed } from './a-flow.ts';
import { createFakeGateways } from './fake-gateway.ts';

const inner = {
  id: 'inner',
  type: 'uma-request',
  z: 'sub',
  x: 1,
  y: 1,
  deviceType: 'config',
  // How Node-RED writes a property that each instance sets.
  device: ['$', '{DEVICE}'].join(''),
  resourceType: 'config',
  resource: 'n-dishwasher',
  scopesType: 'scopes',
  scopes: 'start',
  wires: [[], []],
};
const instance = (id: string, deviceNode: string) => ({
  id,
  type: 'subflow:sub',
  z: 'tab',
  x: 1,
  y: 1,
  env: [{ name: 'DEVICE', type: 'str', value: deviceNode }],
  wires: [[], ['refused']],
});

describe('nodes in a subflow', () => {
  withNodeRed();

  it('are each their instance’s own: two instances ask for two devices', async () => {
    const gateways = createFakeGateways((fake) => {
      fake.answers.call = async ({ device: name }) => ({
        outcome: 'denied',
        reason: name,
        hint: { key: 'hint.none' },
      });
    });
    const flow = [
      { id: 'tab', type: 'tab', label: 'Test' },
      ...configs,
      { id: 'n-bell', type: 'uma-device', name: 'Doorbell', key: 'doorbell', server: 'n-home' },
      {
        id: 'sub',
        type: 'subflow',
        name: 'Ask',
        env: [{ name: 'DEVICE', type: 'str', value: '' }],
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }, { wires: [{ id: 'inner', port: 1 }] }],
      },
      inner,
      instance('one', 'n-thermostat'),
      instance('two', 'n-bell'),
      { id: 'to-one', z: 'tab', x: 1, y: 1, type: 'helper', wires: [['one']] },
      { id: 'to-two', z: 'tab', x: 1, y: 1, type: 'helper', wires: [['two']] },
      { id: 'refused', z: 'tab', x: 1, y: 1, type: 'helper', wires: [] },
    ];
    const nodes = [(RED: NodeAPI) => server(RED, gateways.open), device, resource, umaRequest];
    await helper.load(nodes, flow, {});
    const reasons: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      helper.getNode('refused').on('input', (msg) => {
        reasons.push((msg.uma as { reason: string }).reason);
        if (reasons.length === 2) resolve();
      });
    });
    helper.getNode('to-one').send({ url: '/x' });
    helper.getNode('to-two').send({ url: '/x' });
    await both;
    assert.deepEqual(reasons.sort(), ['doorbell', 'thermostat']);
  });
});

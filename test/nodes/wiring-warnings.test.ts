import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import helper from 'node-red-node-test-helper';
import rptCheck from '../../nodes/rpt-check/rpt-check.ts';
import umaRequest from '../../nodes/uma-request/uma-request.ts';
import { withNodeRed } from './a-flow.ts';

/** Core's nodes by name only: what counts is what their forms store. */
function coreNodes(RED: NodeAPI): void {
  for (const type of ['http response', 'http request'])
    RED.nodes.registerType(type, function Fake(this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
    });
}

async function warnings(ours: object, wired: object): Promise<number> {
  const flow = [
    { id: 'tab', type: 'tab', label: 'Test' },
    { id: 'ours', z: 'tab', x: 1, y: 1, wires: [['wired'], ['wired']], ...ours },
    { id: 'wired', z: 'tab', x: 1, y: 1, wires: [], ...wired },
  ];
  await helper.load([coreNodes, rptCheck, umaRequest], flow, {});
  const WARN = 30;
  return helper.log().args.filter(([{ level, msg }]) => level === WARN && /http re(sponse|quest)/.test(String(msg)))
    .length;
}

describe('a deploy warns of wired nodes that would win over ours', () => {
  withNodeRed();
  const call = { type: 'http request', method: 'use', url: '', authType: '' };

  for (const [name, ours, wired, expected] of [
    [
      'http response with a status of its own behind rpt-check',
      { type: 'rpt-check' },
      { type: 'http response', statusCode: '200' },
      1,
    ],
    ['http response without one', { type: 'rpt-check' }, { type: 'http response', statusCode: '' }, 0],
    [
      'http request with a method of its own',
      { type: 'uma-request', sendAs: 'headers' },
      { ...call, method: 'GET' },
      1,
    ],
    ['http request with a URL of its own', { type: 'uma-request', sendAs: 'headers' }, { ...call, url: 'http://x' }, 1],
    [
      'http request with an authentication',
      { type: 'uma-request', sendAs: 'headers' },
      { ...call, authType: 'bearer' },
      1,
    ],
    ['http request that leaves all to the message', { type: 'uma-request', sendAs: 'headers' }, call, 0],
  ] as const) {
    it(`${name}: ${expected === 0 ? 'no warning' : 'a warning'}`, async () => {
      assert.equal(await warnings(ours, wired), expected);
    });
  }
});

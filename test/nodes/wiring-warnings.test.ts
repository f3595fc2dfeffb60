import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import helper from 'node-red-node-test-helper';
import rptCheck from '../../nodes/rpt-check/rpt-check.ts';
import umaRequest from '../../nodes/uma-request/uma-request.ts';
import { withNodeRed } from './a-flow.ts';

const CORE = ['http in', 'http response', 'http request', 'mqtt out', 'function', 'link in', 'link out'];
const WARN = 30;

/** Core's nodes by name only: what counts is what their forms store. */
function coreNodes(RED: NodeAPI): void {
  for (const type of CORE)
    RED.nodes.registerType(type, function Fake(this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
    });
}

const placed = { z: 'tab', x: 1, y: 1 };

async function warnings(nodes: object[]): Promise<string[]> {
  const flow = [{ id: 'tab', type: 'tab', label: 'Test' }, ...nodes.map((node) => ({ ...placed, wires: [], ...node }))];
  await helper.load([coreNodes, rptCheck, umaRequest], flow, {});
  return helper
    .log()
    .args.filter(([{ level }]) => level === WARN)
    .map(([{ msg }]) => String(msg));
}

async function behind(ours: object, wired: object): Promise<string[]> {
  return warnings([
    { id: 'ours', wires: [['wired'], ['wired']], ...ours },
    { id: 'wired', ...wired },
  ]);
}

describe('a deploy warns of wired nodes that would win over ours', () => {
  withNodeRed();
  const call = { type: 'http request', method: 'use', url: '', authType: '' };
  const headers = { type: 'uma-request', sendAs: 'headers' };
  const check = { type: 'rpt-check', scopesType: 'scopes', scopes: 'start' };

  for (const [name, ours, wired, expected] of [
    [
      'http response with a status of its own behind rpt-check',
      check,
      { type: 'http response', statusCode: '200' },
      /fixed status 200/,
    ],
    ['http response without one', check, { type: 'http response', statusCode: '' }, undefined],
    ['mqtt out with a topic of its own', check, { type: 'mqtt out', topic: 'oven/set' }, /fixed topic "oven\/set"/],
    ['mqtt out without one', check, { type: 'mqtt out', topic: '' }, undefined],
    ['http request with a method of its own', headers, { ...call, method: 'GET' }, /http request/],
    ['http request with a URL of its own', headers, { ...call, url: 'http://x' }, /http request/],
    ['http request with an authentication', headers, { ...call, authType: 'bearer' }, /http request/],
    ['http request that leaves all to the message', headers, call, undefined],
  ] as const) {
    it(`${name}: ${expected ? 'a warning' : 'no warning'}`, async () => {
      const told = (await behind(ours, wired)).filter((line) => /http re(sponse|quest)|mqtt out/.test(line));
      assert.equal(told.length, expected ? 1 : 0);
      if (expected) assert.match(told[0] ?? '', expected);
    });
  }
});

describe('a deploy warns of what the sender of a message may choose', () => {
  withNodeRed();

  for (const [name, config, expected] of [
    ['scopes of the message', { scopesType: 'msg', scopes: 'scopes' }, 1],
    ['scopes by an expression', { scopesType: 'jsonata', scopes: 'payload.scopes' }, 1],
    ['a resource of the message', { scopesType: 'str', scopes: 'start', resourceType: 'msg' }, 1],
    ['scopes in the settings', { scopesType: 'scopes', scopes: 'start', resourceType: 'config' }, 0],
    ['scopes of the flow', { scopesType: 'flow', scopes: 'needed' }, 0],
  ] as const) {
    it(`${name}: ${expected === 0 ? 'no warning' : 'a warning'}`, async () => {
      const told = await warnings([{ id: 'ours', type: 'rpt-check', ...config }]);
      assert.equal(told.filter((line) => /whoever sends it/.test(line)).length, expected);
    });
  }
});

describe('a deploy warns of an http in that makes a device act without a check', () => {
  withNodeRed();
  const door = { id: 'door', type: 'http in', url: '/start' };
  const ask = { id: 'ask', type: 'uma-request', sendAs: 'call' };

  for (const [name, nodes, expected] of [
    ['straight', [{ ...door, wires: [['ask']] }, ask], 1],
    [
      'by a link',
      [
        { ...door, wires: [['out']] },
        { id: 'out', type: 'link out', mode: 'link', links: ['in'] },
        { id: 'in', type: 'link in', links: ['out'], wires: [['ask']] },
        ask,
      ],
      1,
    ],
    [
      'with a check between',
      [
        { ...door, wires: [['check']] },
        { id: 'check', type: 'rpt-check', scopesType: 'str', scopes: 'start', wires: [['ask'], []] },
        ask,
      ],
      0,
    ],
    [
      'by what a check refused',
      [
        { ...door, wires: [['check']] },
        { id: 'check', type: 'rpt-check', scopesType: 'str', scopes: 'start', wires: [[], ['ask']] },
        ask,
      ],
      1,
    ],
  ] as const) {
    it(`${name}: ${expected === 0 ? 'no warning' : 'a warning'}`, async () => {
      const told = await warnings([...nodes]);
      assert.equal(told.filter((line) => /Messages of "\/start" reach this node/.test(line)).length, expected);
    });
  }
});

/** Nodes for the rest of a device's life, laid beside the test flow: what leaves on its own is read at `/test/left`. */
import { type FlowNode, serverNode, tab } from './test-flow.ts';

const place = (id: string, type: string, wires: string[][], more: object = {}): FlowNode => ({
  ...{ id, type, z: tab, x: 100, y: 400, name: '', wires },
  ...more,
});

const thermostat = { device: 't-thermostat', deviceType: 'config', deviceValue: '' };

function script(id: string, func: string, wires: string[][]): FlowNode {
  return place(id, 'function', wires, { func, outputs: 1, timeout: 0, initialize: '', finalize: '', libs: [] });
}

const door = (url: string, to: string): FlowNode =>
  place(`t-in${url}`, 'http in', [[to]], { url, method: 'post', upload: false });

/** The global context outlives a deploy. */
const keep = `const left = global.get('left') || []; left.push({ from: msg.from, payload: msg.payload, uma: msg.uma }); global.set('left', left);`;

export function lifeFlow(): FlowNode[] {
  return [
    door('/test/claim', 't-claim-marked'),
    script('t-claim-marked', 'msg.from = "claim"; return msg;', [['t-claim']]),
    place('t-claim', 'device-identity', [['t-claimed']], { server: '', action: 'claim', ...thermostat }),
    script('t-claimed', `if (msg.uma.user_code) return msg; ${keep} return null;`, [['t-told']]),
    door('/test/rotate', 't-rotate'),
    place('t-rotate', 'device-identity', [['t-told']], { server: '', action: 'rotate', ...thermostat }),
    door('/test/retire', 't-retire'),
    place('t-retire', 'device-identity', [['t-told']], { server: '', action: 'retire', ...thermostat }),
    place('t-watch', 'device-identity', [['t-watched']], { server: '', action: 'watch', inputs: 0, ...thermostat }),
    place('t-watch-every', 'device-identity', [['t-watched-every']], {
      ...{ server: serverNode, action: 'watch', inputs: 0, device: '', deviceType: 'every', deviceValue: '' },
    }),
    place('t-requests', 'share', [['t-requested']], { server: serverNode, action: 'watch', inputs: 0 }),
    ...['watched', 'watched-every', 'requested'].map((from) =>
      script(`t-${from}`, `msg.from = '${from}'; ${keep} return null;`, []),
    ),
    door('/test/left', 't-left'),
    script('t-left', "msg.payload = global.get('left') || []; return msg;", [['t-told']]),
  ];
}

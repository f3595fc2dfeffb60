import type { EndedShare, EndOrder, EndReport } from '../../../lib/servers/authorization-server.ts';

interface Call {
  order: EndOrder;
  signal: AbortSignal;
  answer(report?: Partial<EndReport>): void;
  fail(error?: Error): void;
}

/** An authorization server's `end`, answering when told to. */
export interface FakeServer {
  calls: Call[];
  end(order: EndOrder, signal?: AbortSignal): Promise<EndReport>;
  last(): Call;
}

export function fakeServer(): FakeServer {
  const calls: Call[] = [];
  return {
    calls,
    end: (order, signal = new AbortController().signal) =>
      new Promise((resolve, reject) => {
        const answer = (report: Partial<EndReport> = {}) =>
          resolve({ at: 1_000, ended: [], gateways: [], unconfirmed: [], ...report });
        calls.push({ order, signal, answer, fail: (error = new Error('down')) => reject(error) });
      }),
    last() {
      const call = calls.at(-1);
      if (!call) throw new Error('the server was not called');
      return call;
    },
  };
}

export const heating: EndedShare = { share: 'sh_1', device: 'thermostat', resource: 'boiler', scopes: ['on', 'off'] };

/** Somebody else's port, with a page of its own; a server can be put below `/uma` there, as below Node-RED's flows. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { OtherPort } from '../../../lib/built-in-server/http/other-port.ts';

export interface FakeOtherPort extends OtherPort {
  port: number;
  /** How many are mounted. */
  mounted(): number;
  close(): Promise<void>;
}

/** @param tls - speaks TLS with these, in PEM */
export async function fakeOtherPort(tls?: { cert: string; key: string }): Promise<FakeOtherPort> {
  const handles: Parameters<OtherPort['mount']>[0][] = [];
  const answer: RequestListener = (message, response) => {
    const [handle] = message.url?.includes('/uma') ? handles : [];
    if (handle) handle(message, response);
    else response.end('a page of somebody else');
  };
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    mounted: () => handles.length,
    mount(handle) {
      handles.push(handle);
      return () => void handles.splice(handles.indexOf(handle), 1);
    },
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

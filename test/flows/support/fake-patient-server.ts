/**
 * An authorization server of somebody else with a resource beside it: its owner takes time to answer, and the time between
 * two questions is short.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakePatientServer {
  issuer: string;
  /** What is to be started, where a ticket is had for it. */
  resource: string;
  /** How often it was asked for a token. */
  asked(): number;
  close(): Promise<void>;
}

/** @param unanswered - how often the owner has not answered yet when asked for a token */
export async function fakePatientServer(unanswered: number): Promise<FakePatientServer> {
  let times = 0;
  const server = createServer(({ url, headers }, response) => {
    if (url === '/token') return answerToken(response, ++times > unanswered);
    if (url === '/start') return answerStart(response, headers.authorization !== undefined, issuer);
    return answer(response, 200, { issuer, token_endpoint: `${issuer}/token` });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    resource: `${issuer}/start`,
    asked: () => times,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function answerToken(response: ServerResponse, yes: boolean): void {
  if (yes) answer(response, 200, { access_token: 'a-token', token_type: 'DPoP' });
  else answer(response, 403, { error: 'request_submitted', ticket: 'another-ticket', interval: 0.01 });
}

function answerStart(response: ServerResponse, hasToken: boolean, issuer: string): void {
  const challenge = `UMA realm="home", as_uri="${issuer}", ticket="a-ticket"`;
  if (hasToken) answer(response, 200, 'started');
  else answer(response, 401, {}, { 'WWW-Authenticate': challenge });
}

function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

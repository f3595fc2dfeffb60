import { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import { type Answer, takeOver } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { ProviderRequests } from './client-authentication.ts';

/** Gives one form to the provider, as a message that holds only what we let through. */
export type Forward = (request: Request, form: Record<string, string>) => Answer;

/**
 * The provider builds URLs from the message it sees, so it never sees the caller's: Host, scheme and the path that it is
 * below are the issuer's, nothing is forwarded for anybody, no origin asks, and the body is the form as we have read it.
 */
export function createForward(provider: Provider, issuer: string, requests: ProviderRequests): Forward {
  const { host, protocol, pathname } = new URL(issuer);
  const below = pathname.replace(/\/$/, '');
  const handle = provider.callback();
  return (request, form) =>
    takeOver((response) => {
      const body = Buffer.from(new URLSearchParams(form).toString());
      const proof = request.headers.dpop;
      const headers: Record<string, string> = {
        host,
        'x-forwarded-proto': protocol.slice(0, -1),
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(body.length),
        ...(typeof proof === 'string' ? { dpop: proof } : {}),
      };
      return requests.run({ from: request.remoteAddress }, () =>
        handle(Object.assign(cleanMessage(request, headers, body), { baseUrl: below }), response),
      );
    });
}

function cleanMessage(request: Request, headers: Record<string, string>, body: Buffer): IncomingMessage {
  const message = new IncomingMessage(request.message.socket);
  message.method = request.method;
  message.url = request.path;
  message.httpVersion = request.message.httpVersion;
  message.headers = headers;
  message.rawHeaders = Object.entries(headers).flat();
  message.push(body);
  message.push(null);
  message.complete = true;
  return message;
}

import { DiscoveryError } from './errors.ts';
import type { Http } from './exchange.ts';
import { isLoopback } from './loopback.ts';
import type { UmaServerMetadata } from './server-metadata.ts';

type Policy = Pick<Http, 'allowInsecureHttp'>;

/**
 * A URL that tokens may be sent to: `https`, or `http` where no other machine can listen (loopback) or the user has
 * agreed to be overheard. No credentials, no fragment. `what` names it in errors.
 *
 * @throws {@link DiscoveryError} `invalid_url` or `insecure_url`
 */
export function safeUrl(value: unknown, what: string, { allowInsecureHttp }: Policy): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash) {
    throw new DiscoveryError('invalid_url', `${what} is not a usable web address`, { values: { what } });
  }
  if (url.protocol === 'http:' && !allowInsecureHttp && !isLoopback(url.hostname)) throw insecure(what, url);
  return url;
}

function insecure(what: string, url: URL): DiscoveryError {
  return new DiscoveryError('insecure_url', `${what} is not https`, { values: { what, url: url.origin } });
}

/**
 * One of the server's endpoints, checked. A server reached by `https` may not send us to an `http` endpoint, not even on
 * this machine: otherwise a stranger's metadata would choose who here receives our tokens.
 *
 * @throws {@link DiscoveryError} `endpoint_missing`, `invalid_url` or `insecure_url`
 */
export function endpointOf(server: UmaServerMetadata, name: string, policy: Policy): URL {
  const { issuer, [name]: value } = server;
  if (value === undefined) {
    throw new DiscoveryError('endpoint_missing', `${issuer} has no ${name}`, {
      values: { server: issuer, what: name },
    });
  }
  const url = safeUrl(value, name, policy);
  if (url.protocol === 'http:' && !issuer.startsWith('http:')) throw insecure(name, url);
  return url;
}

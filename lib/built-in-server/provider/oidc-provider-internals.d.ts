/** The only internal of `oidc-provider` that is touched; the exact version is pinned and a contract test uses it. */
declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type Provider from 'oidc-provider';

  export function get(provider: Provider): { DPoPNonces?: object } | undefined;
}

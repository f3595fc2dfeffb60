/** The one place that names `oidc-provider`, by `import()`: whoever starts no server never loads it. */
import type * as OidcProvider from 'oidc-provider';
import type Provider from 'oidc-provider';

export interface ProviderLibrary {
  Provider: typeof OidcProvider.Provider;
  errors: typeof OidcProvider.errors;
  /** Lets our nonces stand in for the provider's, so that both know one series (RFC 9449 8). */
  useNonces(provider: Provider, nonces: { nextChallenge(): string; checkChallenge(nonce: string): boolean }): void;
}

export async function loadProviderLibrary(): Promise<ProviderLibrary> {
  const { Provider, errors } = await withoutRuntimeNotice(() => import('oidc-provider'));
  const { get: internalsOf } = await import('oidc-provider/lib/helpers/weak_cache.js');
  return {
    Provider,
    errors,
    useNonces(provider, nonces) {
      const internals = internalsOf(provider);
      if (internals?.DPoPNonces === undefined) throw new Error('oidc-provider keeps its nonces elsewhere now');
      internals.DPoPNonces = nonces;
    },
  };
}

const notice = 'oidc-provider WARNING: Unsupported runtime';

/**
 * On Node 20 the library says at import that it prefers 22. Node-RED decides which Node runs, and all we use of it is
 * tested on 20, so its users are not troubled with it. Anything else that is written meanwhile goes through.
 */
async function withoutRuntimeNotice<T>(load: () => Promise<T>): Promise<T> {
  const { warn } = console;
  const quieter = (...words: unknown[]) => {
    if (!String(words[0]).includes(notice)) warn.apply(console, words);
  };
  console.warn = quieter;
  try {
    return await load();
  } finally {
    if (console.warn === quieter) console.warn = warn;
  }
}
